# loci_room(<path> USES <rooms…> LINKS <libraries…>): one room = one static library.
# Sources: *.cpp and detail/*.cpp; *_test.cpp become <room>_test; testing/*.cpp become the library
# loci_<room>_testing (fakes, only for tests). `room/a` is the target loci_room_a.
option(LOCI_PCH "use precompiled headers" ON)

# Without times in it, one precompiled header serves every checkout, and ccache accepts it. Before the
# first target, because options reach only those that come after.
if(LOCI_PCH AND CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    add_compile_options("SHELL:-Xclang -fno-pch-timestamp")
endif()

add_library(loci_pch STATIC ${CMAKE_SOURCE_DIR}/cmake/pch.cpp)
target_link_libraries(loci_pch PUBLIC loci_flags loci_asio fmt::fmt)
if(LOCI_PCH)
    target_precompile_headers(loci_pch PRIVATE <algorithm> <chrono> <coroutine> <cstdint> <expected>
        <functional> <map> <memory> <optional> <span> <stop_token> <string> <string_view> <utility>
        <variant> <vector> <fmt/core.h> <boost/asio/awaitable.hpp>)
endif()

function(loci_use_pch target)
    if(LOCI_PCH)
        target_precompile_headers(${target} REUSE_FROM loci_pch)
    endif()
endfunction()

function(loci_target_name out path)
    string(REPLACE "/" "_" name ${path})
    set(${out} loci_${name} PARENT_SCOPE)
endfunction()

function(loci_room path)
    cmake_parse_arguments(R "" "" "USES;LINKS;TEST_USES;TEST_LINKS" ${ARGN})
    loci_target_name(target ${path})
    file(GLOB sources CONFIGURE_DEPENDS *.cpp detail/*.cpp)
    set(tests ${sources})
    list(FILTER sources EXCLUDE REGEX "_(test|fuzz)\\.cpp$")
    list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
    if(sources)
        add_library(${target} STATIC ${sources})
        set(scope PUBLIC)
        target_link_libraries(${target} PRIVATE loci_flags)
        loci_use_pch(${target})
    else()
        add_library(${target} INTERFACE)
        set(scope INTERFACE)
    endif()
    target_include_directories(${target} ${scope} ${CMAKE_SOURCE_DIR}/src)
    target_link_libraries(${target} ${scope} loci_asio fmt::fmt)
    foreach(room ${R_USES})
        loci_target_name(dep ${room})
        target_link_libraries(${target} ${scope} ${dep})
    endforeach()
    target_link_libraries(${target} ${scope} ${R_LINKS})

    file(GLOB fakes CONFIGURE_DEPENDS testing/*.cpp)
    if(fakes)
        add_library(${target}_testing STATIC ${fakes})
        target_link_libraries(${target}_testing PUBLIC ${target} PRIVATE loci_flags)
        loci_use_pch(${target}_testing)
    endif()
    if(LOCI_TESTS AND tests)
        add_executable(${target}_test ${tests})
        target_link_libraries(${target}_test PRIVATE ${target} loci_flags GTest::gtest_main)
        if(fakes)
            target_link_libraries(${target}_test PRIVATE ${target}_testing)
        endif()
        foreach(room ${R_TEST_USES})
            loci_target_name(dep ${room})
            target_link_libraries(${target}_test PRIVATE ${dep})
        endforeach()
        target_link_libraries(${target}_test PRIVATE ${R_TEST_LINKS})
        loci_use_pch(${target}_test)
        add_test(NAME ${target} COMMAND ${target}_test)
    endif()
    if(LOCI_FUZZ)
        file(GLOB fuzzers CONFIGURE_DEPENDS *_fuzz.cpp)
        foreach(file ${fuzzers})
            get_filename_component(name ${file} NAME_WE)
            add_executable(${name} ${file})
            target_link_libraries(${name} PRIVATE ${target} loci_flags)
            target_link_options(${name} PRIVATE -fsanitize=fuzzer)
            set_property(GLOBAL APPEND PROPERTY LOCI_FUZZERS ${name})
        endforeach()
    endif()
endfunction()

# loci_embed(<out> <namespace> <files…>): compiles text files in as `const std::string_view
# <namespace>::k<Name><Ext>`; sets <out> to the generated source.
function(loci_embed out namespace)
    set(generated ${CMAKE_CURRENT_BINARY_DIR}/${namespace}.cpp)
    list(TRANSFORM ARGN PREPEND ${CMAKE_SOURCE_DIR}/ OUTPUT_VARIABLE inputs)
    add_custom_command(OUTPUT ${generated}
        COMMAND python3 ${CMAKE_SOURCE_DIR}/tools/embed_text.py ${namespace} ${generated} ${inputs}
        DEPENDS ${inputs} ${CMAKE_SOURCE_DIR}/tools/embed_text.py VERBATIM)
    set_source_files_properties(${generated} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON
                                SKIP_PRECOMPILE_HEADERS ON)
    set(${out} ${generated} PARENT_SCOPE)
endfunction()
