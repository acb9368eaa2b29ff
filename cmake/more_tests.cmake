# Everything ctest runs besides unit tests: examples, the command line, rules of the source tree, conformance.
add_executable(example_embed examples/embed.c)
set_target_properties(example_embed PROPERTIES C_STANDARD 99 C_EXTENSIONS OFF)
target_link_libraries(example_embed PRIVATE ottl_static)
add_test(NAME example/embed COMMAND example_embed)
set_tests_properties(example/embed PROPERTIES PASS_REGULAR_EXPRESSION "2 records, 1 changed, 0 dropped.*<email> signed in")

add_test(NAME meta/layering COMMAND bash tests/meta/layering WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
add_test(NAME meta/limits COMMAND bash tests/meta/limits ${CMAKE_COMMAND} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
add_test(NAME meta/differences COMMAND bash tests/meta/differences WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
add_test(NAME meta/headers COMMAND bash tests/meta/headers ${CMAKE_C_COMPILER} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
if(TARGET ottl_shared AND NOT APPLE)
  add_test(NAME meta/symbols COMMAND bash tests/meta/symbols $<TARGET_FILE:ottl_shared> $<TARGET_FILE:ottl_static>
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
endif()

# The pages of docs/ that are made from the tables. `cmake --build build --target docs` writes them anew.
add_executable(ottl-tables tests/docs/tables.c)
target_link_libraries(ottl-tables PRIVATE ottl_static ottl_yyjson)
add_test(NAME docs/pages COMMAND bash tests/docs/pages $<TARGET_FILE:ottl-tables> WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
add_custom_target(docs COMMAND bash tests/docs/pages $<TARGET_FILE:ottl-tables> --update
  WORKING_DIRECTORY ${PROJECT_SOURCE_DIR} VERBATIM)

find_package(Python3 COMPONENTS Interpreter QUIET)
include(cmake/faults.cmake)
include(cmake/load.cmake)
include(cmake/kafka.cmake)
if(Python3_FOUND)
  add_test(NAME docs/links COMMAND Python3::Interpreter tests/docs/links WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  add_test(NAME docs/examples COMMAND Python3::Interpreter tests/docs/examples $<TARGET_FILE:ottlt> docs/language.md
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
endif()
if(Python3_FOUND)
  add_test(NAME meta/third_party COMMAND Python3::Interpreter tests/meta/third_party WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
endif()
if(TARGET ottl AND TARGET ottl_shared AND OTTL_HARDENED AND NOT APPLE AND Python3_FOUND)
  add_test(NAME meta/hardening COMMAND Python3::Interpreter tests/meta/hardening $<TARGET_FILE:ottl_shared> $<TARGET_FILE:ottl>
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(meta/hardening PROPERTIES SKIP_RETURN_CODE 77)
endif()
if(TARGET ottl AND Python3_FOUND)
  add_test(NAME docs/explain COMMAND Python3::Interpreter tests/cli/run_tests --ottl $<TARGET_FILE:ottl> docs/explain.md
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  add_test(NAME docs/functions COMMAND Python3::Interpreter tests/docs/functions $<TARGET_FILE:ottl> $<TARGET_FILE:ottlt>
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  add_test(NAME docs/view COMMAND Python3::Interpreter tests/cli/run_tests --ottl $<TARGET_FILE:ottl> docs/view.md
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  add_test(NAME docs/testing COMMAND Python3::Interpreter tests/docs/testing $<TARGET_FILE:ottl> WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  add_test(NAME cli/testing COMMAND Python3::Interpreter tests/cli/run_tests --ottl $<TARGET_FILE:ottl> docs/testing.md
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  add_test(NAME docs/tutorial COMMAND Python3::Interpreter tests/cli/run_tests --ottl $<TARGET_FILE:ottl> docs/tutorial.md
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  file(GLOB OTTL_CLI_TESTS CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/cli/*.t ${PROJECT_SOURCE_DIR}/README.md)
  foreach(file ${OTTL_CLI_TESTS})
    cmake_path(GET file STEM name)
    add_test(NAME cli/${name} COMMAND Python3::Interpreter tests/cli/run_tests --ottl $<TARGET_FILE:ottl> ${file}
      WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  endforeach()
endif()

if(TARGET ottl-conformance AND EXISTS ${PROJECT_SOURCE_DIR}/tests/conformance/floor.tsv)
  add_test(NAME conformance/floor COMMAND tests/conformance/check_floor $<TARGET_FILE:ottl-conformance>
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(conformance/floor PROPERTIES LABELS slow TIMEOUT 900)
endif()
if(TARGET ottl AND Python3_FOUND)
  add_test(NAME lint/codes COMMAND Python3::Interpreter tests/lint/codes $<TARGET_FILE:ottl> WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  add_test(NAME lint/planted COMMAND Python3::Interpreter tests/lint/planted $<TARGET_FILE:ottl> WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  add_test(NAME lint/bad COMMAND Python3::Interpreter tests/lint/bad $<TARGET_FILE:ottl> WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  add_test(NAME lint/sarif COMMAND Python3::Interpreter tests/lint/sarif $<TARGET_FILE:ottl> WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
endif()
if(TARGET ottl AND Python3_FOUND)
  foreach(name completions help_examples hooks junit terminal)
    add_test(NAME shell/${name} COMMAND Python3::Interpreter tests/shell/${name} $<TARGET_FILE:ottl> WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  endforeach()
endif()

# The language server.
if(TARGET ottl AND Python3_FOUND)
  file(GLOB OTTL_LSP_TESTS CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/lsp/*.lsp)
  foreach(file ${OTTL_LSP_TESTS})
    cmake_path(GET file STEM name)
    add_test(NAME lsp/${name} COMMAND Python3::Interpreter tests/lsp/transcripts $<TARGET_FILE:ottl> ${file}
      WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  endforeach()
  add_test(NAME lsp/random COMMAND Python3::Interpreter tests/lsp/random $<TARGET_FILE:ottl> WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  add_test(NAME lsp/neovim COMMAND bash tests/lsp/neovim $<TARGET_FILE:ottl> WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(lsp/neovim PROPERTIES SKIP_RETURN_CODE 77)
  add_test(NAME vscode/grammars COMMAND Python3::Interpreter bindings/vscode/make_grammar $<TARGET_FILE:ottl> --check
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  find_program(OTTL_NODE node)
  if(OTTL_NODE) # what is not installed is skipped: scripts/setup does it, where there is npm
    add_test(NAME lsp/client COMMAND ${OTTL_NODE} tests/lsp/client/client.mjs $<TARGET_FILE:ottl> examples/collector.yaml
      WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
    add_test(NAME vscode/tokenizer COMMAND ${OTTL_NODE} tests/lsp/client/grammar.mjs WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
    add_test(NAME vscode/package COMMAND bash bindings/vscode/check_package ${PROJECT_BINARY_DIR}/ottl.vsix
      WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
    set_tests_properties(lsp/client vscode/tokenizer vscode/package PROPERTIES SKIP_RETURN_CODE 77)
  endif()
endif()

# The WebAssembly module: built by its own preset, in build/wasm, and run in node; skipped where scripts/setup had no toolchain for it.
if(TARGET ottl-conformance AND OTTL_NODE AND NOT OTTL_SANITIZE)
  foreach(name module conformance package)
    add_test(NAME wasm/${name} COMMAND bash tests/wasm/${name} $<TARGET_FILE:ottl-conformance> WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
    set_tests_properties(wasm/${name} PROPERTIES LABELS wasm SKIP_RETURN_CODE 77 TIMEOUT 900 RESOURCE_LOCK wasm-build)
  endforeach()
  # The page, in a real browser.
  add_test(NAME playground/browser COMMAND bash tests/playground/browser WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(playground/browser PROPERTIES LABELS playground SKIP_RETURN_CODE 77 TIMEOUT 600 RESOURCE_LOCK wasm-build RUN_SERIAL ON)
endif()
