# Topics of Kafka: tests with the brokers that librdkafka brings for that, in a process of their own.
if(TARGET ottl AND RDKAFKA_FOUND AND Python3_FOUND AND NOT APPLE)
  add_executable(ottl-kafka tests/kafka/kafka.c)
  target_link_libraries(ottl-kafka PRIVATE ottl_flags PkgConfig::RDKAFKA)
  foreach(name messages crashes)
    add_test(NAME kafka/${name} COMMAND Python3::Interpreter tests/kafka/${name} $<TARGET_FILE:ottl> $<TARGET_FILE:ottl-kafka>
      WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
    set_tests_properties(kafka/${name} PROPERTIES TIMEOUT 300)
  endforeach()
endif()
