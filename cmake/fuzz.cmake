# fuzz/fuzz_NAME.c is one libFuzzer target; with other compilers than clang it is linked with a main that replays files.
file(GLOB OTTL_FUZZ_TARGETS CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/fuzz/fuzz_*.c)
add_custom_target(fuzz)
foreach(source ${OTTL_FUZZ_TARGETS})
  cmake_path(GET source STEM name)
  add_executable(${name} EXCLUDE_FROM_ALL ${source})
  target_include_directories(${name} PRIVATE src grammar ${GEN})
  target_link_libraries(${name} PRIVATE ottl_static)
  if(CMAKE_C_COMPILER_ID MATCHES "Clang")
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  else()
    target_sources(${name} PRIVATE fuzz/replay.c)
  endif()
  add_dependencies(fuzz ${name})
endforeach()
# Coverage feedback inside the library; the library alone must not link libFuzzer's main.
if(CMAKE_C_COMPILER_ID MATCHES "Clang")
  # clang reports NULL + 0, which is defined since C23 and everywhere in practice, as pointer overflow.
  target_compile_options(ottl_flags INTERFACE -fsanitize=fuzzer-no-link)
  target_compile_options(ottl_codegen INTERFACE -fno-sanitize=pointer-overflow) # behind hardening.cmake's -fsanitize
endif()
