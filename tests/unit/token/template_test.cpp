// SPDX-License-Identifier: Apache-2.0
#include "token/template.h"

#include "attribute_list.h"

using namespace nethsm;
using namespace nethsm::token;

TEST_CASE("A template without attributes is empty, wherever it points") {
  CHECK(Template::from(nullptr, 0)->empty());
  CHECK(rv(Template::from(nullptr, 1)) == CKR_ARGUMENTS_BAD);
}

TEST_CASE("An attribute with a length needs a value") {
  CK_ATTRIBUTE attribute{CKA_ID, nullptr, 1};
  CHECK(rv(Template::from(&attribute, 1)) == CKR_ARGUMENTS_BAD);
  attribute.ulValueLen = 0;
  CHECK(Template::from(&attribute, 1)->bytes(CKA_ID)->empty());
  char byte = 'x';
  attribute = {CKA_ID, &byte, CK_UNAVAILABLE_INFORMATION};
  CHECK(rv(Template::from(&attribute, 1)) == CKR_ARGUMENTS_BAD);
}

TEST_CASE("The same attribute twice is fine only with the same value") {
  AttributeList list;
  list.text(CKA_ID, "a").text(CKA_ID, "a");
  CHECK(Template::from(list.array().data(), 2));
  list.text(CKA_ID, "b");
  CHECK(rv(Template::from(list.array().data(), 3)) == CKR_TEMPLATE_INCONSISTENT);
}

TEST_CASE("Numbers and booleans have their exact C form") {
  AttributeList list;
  list.number(CKA_MODULUS_BITS, 2048).text(CKA_KEY_TYPE, "\1").boolean(CKA_SIGN, true).text(CKA_TOKEN, "\2");
  const Template view = list.view();
  CHECK(view.number(CKA_MODULUS_BITS).value() == 2048);
  CHECK_FALSE(view.number(CKA_VALUE_LEN)->has_value());
  CHECK(rv(view.number(CKA_KEY_TYPE)) == CKR_ATTRIBUTE_VALUE_INVALID);
  CHECK(view.number(CKA_KEY_TYPE).error().message.find("CKA_KEY_TYPE") == 0);
  CHECK(view.boolean(CKA_SIGN).value() == true);
  CHECK_FALSE(view.boolean(CKA_DECRYPT)->has_value());
  CHECK(rv(view.boolean(CKA_TOKEN)) == CKR_ATTRIBUTE_VALUE_INVALID);
}
