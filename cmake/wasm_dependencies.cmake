# Libraries of the WebAssembly build, and of OTTL_OWN_DEPENDENCIES (MemorySanitizer wants all code compiled its way), made from the
# sources that scripts/wasm-sources fetches, under the names that pkg-config gives them elsewhere.
set(OTTL_WASM_SOURCES ${PROJECT_SOURCE_DIR}/build/wasm-sources CACHE PATH "Where scripts/wasm-sources has put the sources")
set(WASM_PCRE2 ${OTTL_WASM_SOURCES}/pcre2-10.42)
set(WASM_YAML ${OTTL_WASM_SOURCES}/libyaml-0.2.5)
set(WASM_PROTOBUF_C ${OTTL_WASM_SOURCES}/protobuf-c-1.4.1)
set(WASM_ZSTD ${OTTL_WASM_SOURCES}/zstd-1.5.4)
set(WASM_ZLIB ${OTTL_WASM_SOURCES}/zlib-1.2.13.dfsg)
foreach(folder ${WASM_PCRE2} ${WASM_YAML} ${WASM_PROTOBUF_C} ${WASM_ZSTD} ${WASM_ZLIB})
  if(NOT EXISTS ${folder}/.complete)
    message(FATAL_ERROR "${folder} is not there: run scripts/wasm-sources")
  endif()
endforeach()

# PCRE2 without its machine code, as NON-AUTOTOOLS-BUILD says.
set(WASM_GEN ${PROJECT_BINARY_DIR}/gen/wasm)
file(MAKE_DIRECTORY ${WASM_GEN}/pcre2)
file(COPY_FILE ${WASM_PCRE2}/src/config.h.generic ${WASM_GEN}/pcre2/config.h ONLY_IF_DIFFERENT)
file(COPY_FILE ${WASM_PCRE2}/src/pcre2.h.generic ${WASM_GEN}/pcre2/pcre2.h ONLY_IF_DIFFERENT)
file(COPY_FILE ${WASM_PCRE2}/src/pcre2_chartables.c.dist ${WASM_GEN}/pcre2/pcre2_chartables.c ONLY_IF_DIFFERENT)
set(pcre2_sources ${WASM_GEN}/pcre2/pcre2_chartables.c)
foreach(name auto_possess chkdint compile config context convert dfa_match error extuni find_bracket jit_compile maketables match match_data
    newline ord2utf pattern_info script_run serialize string_utils study substitute substring tables ucd valid_utf xclass)
  if(EXISTS ${WASM_PCRE2}/src/pcre2_${name}.c)
    list(APPEND pcre2_sources ${WASM_PCRE2}/src/pcre2_${name}.c)
  endif()
endforeach()
add_library(wasm_pcre2 STATIC ${pcre2_sources})
target_compile_definitions(wasm_pcre2 PRIVATE HAVE_CONFIG_H PCRE2_CODE_UNIT_WIDTH=8 SUPPORT_UNICODE NDEBUG HAVE_STDINT_H HAVE_INTTYPES_H
  HAVE_STDLIB_H HAVE_STRING_H HAVE_MEMMOVE INTERFACE PCRE2_STATIC)
target_include_directories(wasm_pcre2 SYSTEM PUBLIC ${WASM_GEN}/pcre2 PRIVATE ${WASM_PCRE2}/src)
add_library(PkgConfig::PCRE2 ALIAS wasm_pcre2)

file(GLOB yaml_sources ${WASM_YAML}/src/*.c)
add_library(wasm_yaml STATIC ${yaml_sources})
target_compile_definitions(wasm_yaml PRIVATE NDEBUG YAML_VERSION_MAJOR=0 YAML_VERSION_MINOR=2 YAML_VERSION_PATCH=5
  "YAML_VERSION_STRING=\"0.2.5\"" INTERFACE YAML_DECLARE_STATIC)
target_include_directories(wasm_yaml SYSTEM PUBLIC ${WASM_YAML}/include)
add_library(PkgConfig::YAML ALIAS wasm_yaml)

add_library(wasm_protobuf_c STATIC ${WASM_PROTOBUF_C}/protobuf-c/protobuf-c.c)
target_compile_definitions(wasm_protobuf_c PRIVATE NDEBUG)
target_include_directories(wasm_protobuf_c SYSTEM PUBLIC ${WASM_PROTOBUF_C})
add_library(PkgConfig::PROTOBUF_C ALIAS wasm_protobuf_c)
# Only what undoes compression, as small as it can be.
file(GLOB zstd_sources ${WASM_ZSTD}/lib/decompress/*.c)
foreach(name debug entropy_common error_private fse_decompress xxhash zstd_common)
  list(APPEND zstd_sources ${WASM_ZSTD}/lib/common/${name}.c)
endforeach()
add_library(wasm_zstd STATIC ${zstd_sources})
target_compile_definitions(wasm_zstd PRIVATE NDEBUG ZSTD_DISABLE_ASM HUF_FORCE_DECOMPRESS_X1 ZSTD_FORCE_DECOMPRESS_SEQUENCES_SHORT
  ZSTD_NO_INLINE ZSTD_STRIP_ERROR_STRINGS ZSTD_LEGACY_SUPPORT=0)
target_include_directories(wasm_zstd SYSTEM PUBLIC ${WASM_ZSTD}/lib)

set(zlib_sources)
foreach(name adler32 crc32 inffast inflate inftrees zutil)
  list(APPEND zlib_sources ${WASM_ZLIB}/${name}.c)
endforeach()
add_library(wasm_zlib STATIC ${zlib_sources})
target_compile_definitions(wasm_zlib PRIVATE DYNAMIC_CRC_TABLE)
target_include_directories(wasm_zlib SYSTEM PUBLIC ${WASM_ZLIB})

foreach(target wasm_pcre2 wasm_yaml wasm_protobuf_c wasm_zstd wasm_zlib)
  target_compile_options(${target} PRIVATE -w)
  target_link_libraries(${target} PRIVATE ottl_codegen)
endforeach()
