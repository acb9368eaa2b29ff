# Faults: a second `ottl` whose allocations and system calls fail on demand, and what is tested with it.
if(TARGET ottl AND Python3_FOUND AND NOT APPLE)
  add_executable(ottl-faulty ${OTTL_CLI_SOURCES} tests/faults/faulty.c)
  target_link_libraries(ottl-faulty PRIVATE ottl_cli_needs)
  foreach(call malloc calloc realloc strdup realpath open_memstream read write close rename fsync mkstemp)
    target_link_options(ottl-faulty PRIVATE -Wl,--wrap=${call})
  endforeach()
  foreach(name allocations files hostile kills language secrets)
    add_test(NAME faults/${name} COMMAND Python3::Interpreter tests/faults/${name} $<TARGET_FILE:ottl> $<TARGET_FILE:ottl-faulty>
      WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  endforeach()
endif()
