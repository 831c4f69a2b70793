# Compiler choice and flags. GCC before 13 miscompiles ordinary coroutine code without a warning
# (docs/decisions/0001-toolchain.md), so it is refused.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    message(FATAL_ERROR "GCC ${CMAKE_CXX_COMPILER_VERSION} miscompiles coroutines; use Clang 19: "
                        "cmake --preset dev (needs Debian's clang-19)")
endif()
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
# One setting for libraries and programs alike, so that they share a precompiled header.
add_compile_options(-fPIC)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

add_library(loci_flags INTERFACE)
target_compile_options(loci_flags INTERFACE
    -Wall -Wextra -Wshadow -Wconversion -Werror
    $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    add_link_options(-fuse-ld=lld-19)
endif()

set(LOCI_SANITIZE "" CACHE STRING "sanitizers for -fsanitize=, e.g. address,undefined")
if(LOCI_SANITIZE)
    add_compile_options(-fsanitize=${LOCI_SANITIZE} -fno-omit-frame-pointer
                        -fno-sanitize-recover=all)
    add_link_options(-fsanitize=${LOCI_SANITIZE})
    if(LOCI_FUZZ)
        # Coverage in the libraries too, or the fuzzers would search blindly.
        add_compile_options(-fsanitize=fuzzer-no-link)
    endif()
endif()

option(LOCI_HARDEN "PIE, full RELRO, stack protector, fortified libc calls" OFF)
if(LOCI_HARDEN)
    add_compile_options(-fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
    add_link_options(-pie -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--gc-sections
        -Wl,--icf=safe -Wl,-O2)
    add_compile_options(-ffunction-sections -fdata-sections)
endif()
