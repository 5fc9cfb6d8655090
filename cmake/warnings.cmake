# SPDX-License-Identifier: Apache-2.0
# One interface target with the warnings and instrumentation that all our code is built with.
add_library(nethsm_build INTERFACE)
target_compile_options(nethsm_build INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast -Wcast-qual
  -Wnon-virtual-dtor -Woverloaded-virtual -Wformat=2 -Wundef -Wimplicit-fallthrough -Werror
  "$<$<CXX_COMPILER_ID:GNU>:-Wduplicated-cond;-Wlogical-op;-Wuseless-cast>"
  # g++ 12 sees overlaps in "text" + std::string when it inlines as much as -O3 asks for (GCC bug 105651).
  "$<$<AND:$<CXX_COMPILER_ID:GNU>,$<CONFIG:Release>>:-Wno-restrict>"
  # A path of the building machine has no place in the product.
  -ffile-prefix-map=${CMAKE_SOURCE_DIR}/=
  -fstack-protector-strong)
if(NETHSM_SANITIZE MATCHES thread)
  # g++ 12 loses sight of what is initialised once the instrumentation stands between.
  target_compile_options(nethsm_build INTERFACE -Wno-maybe-uninitialized -Wno-tsan)
endif()
if(NETHSM_SANITIZE)
  target_compile_options(nethsm_build INTERFACE -fsanitize=${NETHSM_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(nethsm_build INTERFACE -fsanitize=${NETHSM_SANITIZE})
else()
  target_compile_definitions(nethsm_build INTERFACE $<$<NOT:$<CONFIG:Debug>>:_FORTIFY_SOURCE=2>)
endif()
if(NETHSM_COVERAGE)
  target_compile_options(nethsm_build INTERFACE --coverage)
  target_link_options(nethsm_build INTERFACE --coverage)
endif()
