// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <compare>
#include <optional>

#include "base/bytes.h"
#include "crypto/error.h"
#include "crypto/public_key.h"

namespace nethsm::crypto {

// A day of the Gregorian calendar.
struct Date {
  int year, month, day;

  friend auto operator<=>(const Date&, const Date&) = default;
};
// YYYYMMDD, the layout of CK_DATE.
std::array<char, 8> to_digits(const Date& date);

// An X.509 certificate as it was issued: the parts that PKCS#11 shows, byte for byte as they stand in it. An
// immutable value. Nothing is verified; of the extensions only the basic constraints
// are looked at.
class Certificate {
 public:
  static Result<Certificate> parse(ByteView der);       // one certificate and nothing else
  static Result<Certificate> parse_pem(ByteView text);  // the first block

  const Bytes& der() const { return der_; }
  Bytes pem() const;

  // Each with tag and length.
  Bytes subject() const { return part(subject_); }
  Bytes issuer() const { return part(issuer_); }
  Bytes serial_number() const { return part(serial_number_); }
  Bytes public_key_info() const { return part(public_key_info_); }

  // Fails for algorithms that the NetHSM does not have.
  Result<PublicKey> public_key() const;

  // The days on which its validity begins and ends, in UTC; nullopt where the certificate does not say it in
  // proper form.
  const std::optional<Date>& not_before() const { return not_before_; }
  const std::optional<Date>& not_after() const { return not_after_; }

  // Its basic constraints say that it may issue others (RFC 5280 §4.2.1.9).
  bool is_authority() const { return is_authority_; }

 private:
  struct Part {
    std::size_t begin = 0, size = 0;
  };

  explicit Certificate(Bytes der) : der_(std::move(der)) {}
  bool read();
  Part part_of(ByteView inside) const;
  Bytes part(Part which) const { return to_bytes(ByteView(der_).subspan(which.begin, which.size)); }

  Bytes der_;
  Part subject_, issuer_, serial_number_, public_key_info_;
  std::optional<Date> not_before_, not_after_;
  bool is_authority_ = false;
};

}  // namespace nethsm::crypto
