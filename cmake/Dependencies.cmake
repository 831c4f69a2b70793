# Third-party libraries, all from Debian; docs/dependencies.md gives the reason for each.
find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS json)
find_package(fmt 9 REQUIRED)
find_package(spdlog 1.10 REQUIRED)
find_package(CURL 7.88 REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(SQLite3 3.40 REQUIRED)
find_package(yaml-cpp 0.7 REQUIRED)
find_package(GTest 1.12 REQUIRED)
find_library(LOCI_QRCODEGEN qrcodegencpp REQUIRED)
find_library(LOCI_EDIT edit REQUIRED)
# libopus and speexdsp bring no CMake files of their own.
function(loci_plain_library name header suffixes)
    find_path(LOCI_${name}_INCLUDE ${header} PATH_SUFFIXES ${suffixes} REQUIRED)
    find_library(LOCI_${name}_LIBRARY ${name} REQUIRED)
    add_library(loci_plain_${name} INTERFACE)
    target_include_directories(loci_plain_${name} SYSTEM INTERFACE ${LOCI_${name}_INCLUDE})
    target_link_libraries(loci_plain_${name} INTERFACE ${LOCI_${name}_LIBRARY})
endfunction()
loci_plain_library(opus opus.h opus)
loci_plain_library(speexdsp speex/speex_echo.h "")

# Asio is compiled once, here; Beast once, in src/http.
add_library(loci_asio STATIC ${CMAKE_SOURCE_DIR}/cmake/asio.cpp)
set_target_properties(loci_asio PROPERTIES UNITY_BUILD OFF)
target_compile_definitions(loci_asio PUBLIC
    BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED BOOST_BEAST_SEPARATE_COMPILATION)
target_link_libraries(loci_asio PUBLIC Threads::Threads)
