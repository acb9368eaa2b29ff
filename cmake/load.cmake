# Load: a known stream of batches through the command and the library; scripts/soak runs more of it.
if(TARGET ottl AND Python3_FOUND AND CMAKE_SYSTEM_NAME STREQUAL Linux AND NOT OTTL_SANITIZE) # their memory is no measure
  add_executable(ottl-soak tests/load/soak.c)
  target_link_libraries(ottl-soak PRIVATE ottl_static)
  add_test(NAME load/soak COMMAND Python3::Interpreter scripts/soak --ottl $<TARGET_FILE:ottl> --soak $<TARGET_FILE:ottl-soak> 200M
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
endif()
