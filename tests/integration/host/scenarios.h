// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace nethsm::test::host {

// exit.cpp
void exit_and_clean_up_late();
void exit_while_threads_sign();
void exit_before_openssl();

// fork.cpp
void fork_and_start_again();
void fork_and_finalize_first();
void fork_and_do_nothing();
void fork_twice();
void fork_without_the_file();
void fork_while_threads_sign();
void fork_while_an_instance_is_checked();

// surroundings.cpp
void initialize_in_many_threads();
void load_and_unload();
void start_other_programs();
void be_interrupted_by_signals();
void have_many_descriptors_open();

}  // namespace nethsm::test::host
