// Functions that run over a whole vocabulary for every token, compiled a second time for the
// processor's wider registers: the program itself is built for every x86-64. What is marked with
// LOCI_WIDE may only be called where has_wide_registers().
#pragma once

namespace engine {

#if defined(__x86_64__)
#define LOCI_WIDE [[gnu::target("avx2,fma")]]
[[nodiscard]] inline bool has_wide_registers() {
    static const bool kHas =
        __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0;
    return kHas;
}
#else
#define LOCI_WIDE
[[nodiscard]] constexpr bool has_wide_registers() {
    return false;
}
#endif

}  // namespace engine
