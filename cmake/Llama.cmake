# Finds llama.cpp for the engine. LOCI_LLAMA = prebuilt (default) | system | source | off.
#   prebuilt  headers and libraries under ${LOCI_CACHE}/llama/<version>, put there by the launcher;
#             when they are missing, the engine's model part is left out with a status line
#   system    an installed llama.cpp (libllama, libllama-common and their headers)
#   source    LOCI_LLAMA_SOURCE names an unpacked llama.cpp, which is built as part of this project
# Sets LOCI_LLAMA_FOUND and the target loci_llama.
set(LOCI_LLAMA_VERSION 0.5.0)
set(LOCI_LLAMA prebuilt CACHE STRING "where llama.cpp comes from: prebuilt, system, source, off")
set_property(CACHE LOCI_LLAMA PROPERTY STRINGS prebuilt system source off)
set(LOCI_LLAMA_SOURCE "" CACHE PATH "unpacked llama.cpp source, for LOCI_LLAMA=source")
if(DEFINED ENV{LOCI_CACHE})
    set(LOCI_CACHE $ENV{LOCI_CACHE} CACHE PATH "where the launcher keeps what it fetched")
else()
    set(LOCI_CACHE $ENV{HOME}/.cache/loci CACHE PATH "where the launcher keeps what it fetched")
endif()

set(LOCI_LLAMA_FOUND OFF CACHE INTERNAL "")
add_library(loci_llama INTERFACE)
# llama.cpp's own headers do not pass this project's warnings.
function(loci_llama_headers root)
    target_include_directories(loci_llama SYSTEM INTERFACE
        ${root}/include ${root}/ggml/include ${root}/common ${root}/vendor)
endfunction()

if(LOCI_LLAMA STREQUAL "prebuilt")
    set(llama_root ${LOCI_CACHE}/llama/${LOCI_LLAMA_VERSION})
    if(EXISTS ${llama_root}/include/common/chat.h AND EXISTS ${llama_root}/lib/libllama-common.so)
        loci_llama_headers(${llama_root}/include)
        target_link_libraries(loci_llama INTERFACE
            ${llama_root}/lib/libllama-common.so
            ${llama_root}/lib/libllama.v${LOCI_LLAMA_VERSION}.so
            ${llama_root}/lib/libggml.v${LOCI_LLAMA_VERSION}.so
            ${llama_root}/lib/libggml-base.so)
        # An installed program finds them beside it first (apps/loci-engine), else here.
        target_link_options(loci_llama INTERFACE "LINKER:-rpath,${llama_root}/lib")
        set(LOCI_LLAMA_LIBRARIES ${llama_root}/lib CACHE INTERNAL "")
        set(LOCI_LLAMA_FOUND ON CACHE INTERNAL "")
        message(STATUS "llama.cpp: prebuilt ${LOCI_LLAMA_VERSION} in ${llama_root}")
    else()
        message(STATUS "llama.cpp: not in ${llama_root}; building without the local engine "
                       "(fetch it with `loci set-up`, or choose -DLOCI_LLAMA=system|source)")
    endif()
elseif(LOCI_LLAMA STREQUAL "system")
    find_library(LOCI_LLAMA_LIB llama REQUIRED)
    find_library(LOCI_LLAMA_COMMON_LIB NAMES llama-common common REQUIRED)
    find_library(LOCI_GGML_LIB ggml REQUIRED)
    find_library(LOCI_GGML_BASE_LIB ggml-base REQUIRED)
    find_path(LOCI_LLAMA_INCLUDE llama.h REQUIRED)
    find_path(LOCI_LLAMA_COMMON_INCLUDE chat.h PATH_SUFFIXES llama/common common REQUIRED)
    target_include_directories(loci_llama SYSTEM INTERFACE
        ${LOCI_LLAMA_INCLUDE} ${LOCI_LLAMA_COMMON_INCLUDE})
    target_link_libraries(loci_llama INTERFACE
        ${LOCI_LLAMA_COMMON_LIB} ${LOCI_LLAMA_LIB} ${LOCI_GGML_LIB} ${LOCI_GGML_BASE_LIB})
    set(LOCI_LLAMA_FOUND ON CACHE INTERNAL "")
    message(STATUS "llama.cpp: ${LOCI_LLAMA_LIB}")
elseif(LOCI_LLAMA STREQUAL "source")
    if(NOT EXISTS ${LOCI_LLAMA_SOURCE}/CMakeLists.txt)
        message(FATAL_ERROR "LOCI_LLAMA=source needs -DLOCI_LLAMA_SOURCE=<unpacked llama.cpp>")
    endif()
    set(LLAMA_BUILD_TESTS OFF)
    set(LLAMA_BUILD_EXAMPLES OFF)
    set(LLAMA_BUILD_TOOLS OFF)
    set(LLAMA_BUILD_SERVER OFF)
    set(LLAMA_BUILD_COMMON ON)
    set(LLAMA_CURL OFF)
    set(BUILD_SHARED_LIBS ON)
    set(GGML_NATIVE OFF)
    set(GGML_BACKEND_DL ON)
    set(GGML_CPU_ALL_VARIANTS ON)
    add_subdirectory(${LOCI_LLAMA_SOURCE} ${CMAKE_BINARY_DIR}/llama.cpp EXCLUDE_FROM_ALL SYSTEM)
    loci_llama_headers(${LOCI_LLAMA_SOURCE})
    target_link_libraries(loci_llama INTERFACE llama-common llama ggml)
    set(LOCI_LLAMA_FOUND ON CACHE INTERNAL "")
    message(STATUS "llama.cpp: built from ${LOCI_LLAMA_SOURCE}")
elseif(LOCI_LLAMA STREQUAL "off")
    message(STATUS "llama.cpp: off; building without the local engine")
else()
    message(FATAL_ERROR "LOCI_LLAMA must be prebuilt, system, source or off, not ${LOCI_LLAMA}")
endif()
