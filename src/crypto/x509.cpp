// SPDX-License-Identifier: Apache-2.0
#include "crypto/x509.h"

#include <algorithm>
#include <chrono>

#include "crypto/der.h"
#include "crypto/pem.h"

namespace nethsm::crypto {
namespace {

constexpr std::string_view kPemLabel = "CERTIFICATE";

// A number of `digits` decimal digits, taken off the front.
std::optional<int> take_number(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  int number = 0;
  for (const char c : text.substr(0, digits)) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
  }
  text.remove_prefix(digits);
  return number;
}

// RFC 5280 §4.1.2.5: YYMMDDHHMMSSZ for the years 1950 to 2049, else YYYYMMDDHHMMSSZ.
std::optional<Date> date_of(const der::Element& time) {
  const bool is_short = time.tag == der::kUtcTime;
  if (!is_short && time.tag != der::kGeneralizedTime) return std::nullopt;
  std::string_view text = as_text(time.content);
  auto year = take_number(text, is_short ? 2 : 4);
  const auto month = take_number(text, 2);
  const auto day = take_number(text, 2);
  const auto clock = take_number(text, 6);
  if (!year || !month || !day || !clock || text != "Z") return std::nullopt;
  if (is_short) *year += *year < 50 ? 2000 : 1900;
  const std::chrono::year_month_day date(std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day)));
  if (!date.ok()) return std::nullopt;
  return Date{*year, *month, *day};
}

// id-ce-basicConstraints, in DER.
constexpr std::uint8_t kBasicConstraints[] = {0x06, 3, 0x55, 0x1d, 0x13};
constexpr std::uint8_t kTrue = 0xff;

// Extensions (RFC 5280 §4.1): a sequence of { identifier, critical DEFAULT FALSE, OCTET STRING }.
bool names_an_authority(ByteView extensions) {
  const auto list = der::content_of(der::kSequence, extensions);
  der::Reader reader(list.value_or(ByteView()));
  while (const auto extension = reader.next(der::kSequence)) {
    der::Reader parts(*extension);
    const auto identifier = parts.next();
    if (!identifier || !std::ranges::equal(identifier->whole, kBasicConstraints)) continue;
    (void)parts.next_if(der::kBoolean);
    const auto value = parts.next(der::kOctetString);
    const auto constraints = value ? der::content_of(der::kSequence, *value) : std::nullopt;
    der::Reader inside(constraints.value_or(ByteView()));
    const auto is_authority = inside.next(der::kBoolean);
    return is_authority && is_authority->size() == 1 && is_authority->front() == kTrue;
  }
  return false;
}

}  // namespace

std::array<char, 8> to_digits(const Date& date) {
  std::array<char, 8> digits{};
  int rest = (date.year * 100 + date.month) * 100 + date.day;
  for (auto place = digits.rbegin(); place != digits.rend(); ++place, rest /= 10) {
    *place = static_cast<char>('0' + rest % 10);
  }
  return digits;
}

Result<Certificate> Certificate::parse(ByteView der) {
  Certificate certificate(to_bytes(der));
  if (!certificate.read()) return fail("not an X.509 certificate in DER");
  return certificate;
}

Result<Certificate> Certificate::parse_pem(ByteView text) {
  const auto der = decode_pem(kPemLabel, text);
  if (!der) return fail("no certificate in PEM");
  return parse(*der);
}

Bytes Certificate::pem() const { return to_bytes(encode_pem(kPemLabel, der_)); }

Result<PublicKey> Certificate::public_key() const {
  return parse_public_key_info(ByteView(der_).subspan(public_key_info_.begin, public_key_info_.size));
}

// Certificate and TBSCertificate (RFC 5280 §4.1) up to the public key.
bool Certificate::read() {
  const auto certificate = der::content_of(der::kSequence, der_);
  if (!certificate) return false;
  der::Reader outer(*certificate);
  const auto to_be_signed = outer.next(der::kSequence);
  const auto signature_algorithm = outer.next(der::kSequence);
  const auto signature = outer.next(der::kBitString);
  if (!to_be_signed || !signature_algorithm || !signature || !outer.empty()) return false;

  der::Reader fields(*to_be_signed);
  (void)fields.next_if(der::kContext0);  // the version
  const auto serial = fields.next_if(der::kInteger);
  const auto algorithm = fields.next_if(der::kSequence);
  const auto issuer = fields.next_if(der::kSequence);
  const auto validity = fields.next_if(der::kSequence);
  const auto subject = fields.next_if(der::kSequence);
  const auto key = fields.next_if(der::kSequence);
  if (!serial || !algorithm || !issuer || !validity || !subject || !key) return false;
  serial_number_ = part_of(serial->whole);
  issuer_ = part_of(issuer->whole);
  subject_ = part_of(subject->whole);
  public_key_info_ = part_of(key->whole);

  while (const auto rest = fields.next()) {
    if (rest->tag == der::kContext3) is_authority_ = names_an_authority(rest->content);
  }
  der::Reader times(validity->content);
  if (const auto begin = times.next()) not_before_ = date_of(*begin);
  if (const auto end = times.next()) not_after_ = date_of(*end);
  return true;
}

Certificate::Part Certificate::part_of(ByteView inside) const {
  return {static_cast<std::size_t>(inside.data() - der_.data()), inside.size()};
}

}  // namespace nethsm::crypto
