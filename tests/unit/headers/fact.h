// SPDX-License-Identifier: Apache-2.0
#ifndef NETHSM_TEST_FACT_H
#define NETHSM_TEST_FACT_H

#ifdef __cplusplus
extern "C" {
#endif

// What one header says: the value of a constant, the size of a type, the offset of a member.
struct fact {
  const char* name;
  int known;  // 0: the header does not define it
  unsigned long value;
};

// Both in the same order, ended by a null name.
extern const struct fact our_facts[];
extern const struct fact p11_kit_facts[];

#ifdef __cplusplus
}
#endif

#endif
