#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The commands of the vendor's how-to, with a configuration of two slots.
. "$(dirname "$0")/harness.sh"
start_simulator

# A second slot over the same devices; its administrator has no password in the file.
{
  cat p11nethsm.conf
  sed -n '/instances:/,$p' p11nethsm.conf >instances
  echo "  - label: LocalHSM2"
  echo "    description: the second slot"
  echo "    operator: {username: operator, password: OperatorOperator}"
  echo "    administrator: {username: admin}"
  cat instances
} >two.conf
chmod 600 two.conf
export P11NETHSM_CONFIG_FILE=$work/two.conf

pkcs11_tool=(pkcs11-tool --module "$module")
says "--show-info names the library" "Nitrokey\|NetHSM" "${pkcs11_tool[@]}" --show-info
says "--list-slots shows the first slot" "Slot 0" "${pkcs11_tool[@]}" --list-slots
says "--list-slots shows the second slot by its label" "LocalHSM2" "${pkcs11_tool[@]}" --list-slots
says "--list-mechanisms has RSA" "SHA256-RSA-PKCS" "${pkcs11_tool[@]}" --list-mechanisms
says "--list-mechanisms has EdDSA" "EDDSA" "${pkcs11_tool[@]}" --list-mechanisms
check "--list-objects on an empty token" "${pkcs11_tool[@]}" --list-objects
check "a key is generated" "${pkcs11_tool[@]}" --keypairgen --key-type EC:prime256v1 --label my-key --id 6b6579
says "--list-objects shows its private half" "Private Key Object; EC" "${pkcs11_tool[@]}" --list-objects
says "--list-objects shows its public half" "Public Key Object; EC" "${pkcs11_tool[@]}" --list-objects
for profile in BASELINE_PROVIDER EXTENDED_PROVIDER AUTHENTICATION_TOKEN PUBLIC_CERTIFICATES_TOKEN; do
  says "--list-objects shows the profile CKP_$profile" "CKP_$profile" "${pkcs11_tool[@]}" --list-objects
done
says "the second slot shows it as well" "my-key" "${pkcs11_tool[@]}" --slot 1 --list-objects
says "a token is found by its label" "my-key" "${pkcs11_tool[@]}" --token-label LocalHSM2 --list-objects
check "the id is the key's name on the device" rest operator:OperatorOperator /keys/key
check "the second slot's administrator logs in by PIN" "${pkcs11_tool[@]}" --slot 1 --login --login-type so \
  --so-pin Administrator --keypairgen --key-type EC:prime256v1 --label second --id 0102
refuse "without the PIN the second slot generates no key" "${pkcs11_tool[@]}" --slot 1 \
  --keypairgen --key-type EC:prime256v1 --label third --id 0103
finish
