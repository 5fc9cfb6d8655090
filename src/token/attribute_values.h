// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "token/object.h"

// How the attribute rows make their values, in C form. nullopt where an object does not have the attribute.
// Those of attributes that are fixed for a class look at nothing but the class.
namespace nethsm::token::values {

using Value = std::optional<Bytes>;

Value yes(const Object&);
Value no(const Object&);
Value zero(const Object&);    // CK_ULONG: "unspecified" and the like
Value empty(const Object&);   // "none"
Value absent(const Object&);  // only objects that bring it along have it

Value object_class(const Object& object);
Value is_token_object(const Object& object);
Value is_private(const Object& object);
Value label(const Object& object);
Value id(const Object& object);
Value unique_id(const Object& object);

Value certificate_type(const Object&);
Value subject(const Object& object);
Value issuer(const Object& object);
Value serial_number(const Object& object);
Value certificate(const Object& object);
Value start_date(const Object& object);
Value end_date(const Object& object);
Value check_value(const Object& object);
Value sha1(const Object&);  // as a mechanism

Value key_type(const Object& object);
Value is_local(const Object& object);
Value generated_by(const Object& object);
Value allowed_mechanisms(const Object& object);
Value public_key_info(const Object& object);
Value was_never_outside(const Object& object);
Value can_sign(const Object& object);
Value can_verify(const Object& object);
Value can_recover(const Object& object);
Value can_decrypt(const Object& object);
Value can_encrypt(const Object& object);

Value modulus(const Object& object);
Value modulus_bits(const Object& object);
Value public_exponent(const Object& object);
Value ec_params(const Object& object);
Value ec_point(const Object& object);
Value value_length(const Object& object);

// Of sensitive attributes only the presence counts.
Value of_any_key(const Object&);
Value of_rsa_key(const Object& object);
Value of_curve_key(const Object& object);

}  // namespace nethsm::token::values
