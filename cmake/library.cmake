file(GLOB OTTL_SOURCES CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/*/*.c)
if(EXISTS ${PROJECT_SOURCE_DIR}/grammar/lexer.re)
  list(APPEND OTTL_SOURCES ${GEN}/syntax/lexer.c)
endif()
if(EXISTS ${PROJECT_SOURCE_DIR}/grammar/parser.y)
  list(APPEND OTTL_SOURCES ${GEN}/syntax/parser.c)
endif()

# One file for each instruction set, compiled with its own flags: src/kernels/isa_*.c. They are vectors already: a compiler that
# makes vectors of the few rows that fill none only makes code.
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64|amd64")
  set_source_files_properties(src/kernels/isa_v3.c PROPERTIES COMPILE_OPTIONS "-march=x86-64-v3;-fno-tree-vectorize")
  set_source_files_properties(src/kernels/isa_v4.c PROPERTIES COMPILE_OPTIONS "-march=x86-64-v4;-fno-tree-vectorize")
endif()

# Checked functions change what is inlined: 2 % of all instructions of a transformation, nearly all of them in these folders.
if(OTTL_HARDENED)
  set(inner_loops ${OTTL_SOURCES})
  list(FILTER inner_loops INCLUDE REGEX "/src/(batch|kernels|otlp|vm)/")
  set_property(SOURCE ${inner_loops} APPEND PROPERTY COMPILE_OPTIONS -U_FORTIFY_SOURCE)
endif()

add_library(ottl_objects OBJECT ${OTTL_SOURCES})
target_include_directories(ottl_objects PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
  PRIVATE src grammar ${GEN})
target_include_directories(ottl_objects SYSTEM PRIVATE ${GEN}/simde-include)
target_link_libraries(ottl_objects PUBLIC ottl_flags PRIVATE ottl_otlp_descriptors ottl_yyjson PkgConfig::PCRE2 PkgConfig::YAML PkgConfig::PROTOBUF_C)

add_library(ottl_static STATIC $<TARGET_OBJECTS:ottl_objects> $<TARGET_OBJECTS:ottl_otlp_descriptors> $<TARGET_OBJECTS:ottl_yyjson>)
set_target_properties(ottl_static PROPERTIES OUTPUT_NAME ottl)
target_include_directories(ottl_static PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
target_link_libraries(ottl_static PUBLIC $<BUILD_INTERFACE:ottl_flags> PkgConfig::PCRE2 PkgConfig::YAML PkgConfig::PROTOBUF_C m)
add_library(ottl::ottl ALIAS ottl_static)
set_target_properties(ottl_static PROPERTIES EXPORT_NAME ottl)

# The shared library exports the public functions and nothing else.
option(OTTL_BUILD_SHARED "Build the shared library too" ${PROJECT_IS_TOP_LEVEL})
if(OTTL_BUILD_SHARED)
  add_library(ottl_shared SHARED $<TARGET_OBJECTS:ottl_objects> $<TARGET_OBJECTS:ottl_otlp_descriptors> $<TARGET_OBJECTS:ottl_yyjson>)
  set_target_properties(ottl_shared PROPERTIES OUTPUT_NAME ottl VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}
    C_VISIBILITY_PRESET hidden)
  target_include_directories(ottl_shared PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  target_link_libraries(ottl_shared PRIVATE $<BUILD_INTERFACE:ottl_flags> PkgConfig::PCRE2 PkgConfig::YAML PkgConfig::PROTOBUF_C m)
  if(NOT APPLE)
    target_link_options(ottl_shared PRIVATE -Wl,--version-script=${PROJECT_SOURCE_DIR}/cmake/ottl.sym)
    set_target_properties(ottl_shared PROPERTIES LINK_DEPENDS ${PROJECT_SOURCE_DIR}/cmake/ottl.sym)
  endif()
  add_library(ottl::ottl_shared ALIAS ottl_shared)
endif()
