# Lexer, parser and OTLP descriptors are made in the build directory; nothing generated lies in the repository.
file(MAKE_DIRECTORY ${GEN}/syntax ${GEN}/otlp)
include(cmake/limits.cmake)

add_custom_command(OUTPUT ${GEN}/syntax/lexer.c
  COMMAND ${RE2C} -W -Werror --no-version -b -i -I ${PROJECT_SOURCE_DIR}/grammar -o ${GEN}/syntax/lexer.c ${PROJECT_SOURCE_DIR}/grammar/lexer.re
  DEPENDS ${PROJECT_SOURCE_DIR}/grammar/lexer.re VERBATIM)
# lemon writes NAME.c and NAME.h beside each other: the grammar has a name that no source has.
add_custom_command(OUTPUT ${GEN}/syntax/parser.c ${GEN}/syntax/parser.h
  COMMAND ${LEMON} -l -q -T${LEMPAR} -d${GEN}/syntax ${PROJECT_SOURCE_DIR}/grammar/parser.y
  DEPENDS ${PROJECT_SOURCE_DIR}/grammar/parser.y VERBATIM)

# protoc-c refuses proto3 `optional`; the wire-compatible oneof form is made here, not in the files.
file(GLOB_RECURSE OTLP_PROTOS RELATIVE ${PROJECT_SOURCE_DIR}/third_party/opentelemetry-proto
  ${PROJECT_SOURCE_DIR}/third_party/opentelemetry-proto/*.proto)
foreach(proto ${OTLP_PROTOS})
  file(READ ${PROJECT_SOURCE_DIR}/third_party/opentelemetry-proto/${proto} text)
  # A host may have OTLP messages of protobuf-c of its own: the package of ours, and so each symbol, has our prefix.
  string(REPLACE "opentelemetry.proto." "ottl.otlp." text "${text}")
  string(REGEX REPLACE "\n  optional ([a-z0-9]+) ([a-z_]+) = ([0-9]+);" "\n  oneof \\2_ { \\1 \\2 = \\3; }" text "${text}")
  file(CONFIGURE OUTPUT ${GEN}/proto/${proto} CONTENT "${text}" @ONLY)
  string(REPLACE ".proto" ".pb-c" base ${proto})
  list(APPEND OTLP_GENERATED ${GEN}/otlp/${base}.c)
  list(APPEND OTLP_GENERATED_HEADERS ${GEN}/otlp/${base}.h)
  list(APPEND OTLP_INPUTS ${GEN}/proto/${proto})
endforeach()
add_custom_command(OUTPUT ${OTLP_GENERATED} ${OTLP_GENERATED_HEADERS}
  COMMAND ${PROTOC_C} -I${GEN}/proto --c_out=${GEN}/otlp ${OTLP_PROTOS}
  DEPENDS ${OTLP_INPUTS} WORKING_DIRECTORY ${GEN}/proto VERBATIM)
add_library(ottl_otlp_descriptors OBJECT ${OTLP_GENERATED})
target_include_directories(ottl_otlp_descriptors SYSTEM PUBLIC ${GEN}/otlp)
target_link_libraries(ottl_otlp_descriptors PUBLIC PkgConfig::PROTOBUF_C PRIVATE ottl_codegen)
target_compile_options(ottl_otlp_descriptors PRIVATE -fvisibility=hidden)
