# SPDX-License-Identifier: Apache-2.0
# nethsm_layer(name [DEPS ...]): the static library nethsm_<name> of all .cpp files of this folder's
# sub-folder <name>; DEPS are the layers and packages it may use (docs/architecture.md, "Layers").
function(nethsm_layer name)
  cmake_parse_arguments(ARG "" "" "DEPS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cpp)
  add_library(nethsm_${name} STATIC ${sources})
  target_include_directories(nethsm_${name} PUBLIC ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/include)
  target_link_libraries(nethsm_${name} PRIVATE nethsm_build PUBLIC ${ARG_DEPS})
  set_target_properties(nethsm_${name} PROPERTIES LINKER_LANGUAGE CXX)
endfunction()
