# Finds what hearing and speaking are linked with: whisper.cpp, built by the launcher into
# ${LOCI_CACHE}/speech/<version>, and Debian's flite. ONNX Runtime and sherpa-onnx lie beside
# whisper.cpp and are opened at run time; of sherpa-onnx the header is compiled in. Without
# whisper.cpp or that header the engine is built without hearing and speaking.
# Sets LOCI_SPEECH_FOUND and the targets loci_whisper and loci_flite.
set(LOCI_SPEECH_VERSION 1 CACHE INTERNAL "")
set(LOCI_SPEECH_FOUND OFF CACHE INTERNAL "")
set(speech_root ${LOCI_CACHE}/speech/${LOCI_SPEECH_VERSION})
find_library(LOCI_FLITE_LIB flite)
if(EXISTS ${speech_root}/lib/libloci-whisper.so AND LOCI_FLITE_LIB
        AND EXISTS ${speech_root}/include/sherpa-onnx/c-api/c-api.h)
    add_library(loci_whisper INTERFACE)
    target_include_directories(loci_whisper SYSTEM INTERFACE ${speech_root}/include)
    target_link_libraries(loci_whisper INTERFACE ${speech_root}/lib/libloci-whisper.so)
    target_link_options(loci_whisper INTERFACE "LINKER:-rpath,${speech_root}/lib")
    set(LOCI_SPEECH_LIBRARIES ${speech_root}/lib CACHE INTERNAL "")
    add_library(loci_flite INTERFACE)
    target_link_libraries(loci_flite INTERFACE flite_cmu_us_slt flite_usenglish flite_cmulex flite)
    set(LOCI_SPEECH_FOUND ON CACHE INTERNAL "")
    message(STATUS "speech: whisper.cpp in ${speech_root}, flite")
else()
    message(STATUS "speech: nothing in ${speech_root}, or no flite; building without it "
                   "(./loci set-up brings both)")
endif()
