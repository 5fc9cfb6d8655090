// SPDX-License-Identifier: Apache-2.0

//! Makes and uses keys as cascade-hsm-bridge does, with the crate that it uses: bridge PASSWORD [ID ...].
//!
//! Makes a P-256 and an RSA key, gives them their labels, reads their public halves and signs with them in eight sessions
//! at once; prints a line of id and label for each. With ids: only signs with those.

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Function, Pkcs11};
use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, SessionState, UserType};
use cryptoki::slot::Slot;
use cryptoki::types::AuthPin;
use std::error::Error;

const P256: [u8; 10] = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
// What precedes a SHA-256 digest in a DigestInfo.
const SHA256: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20,
];

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

struct Pair {
    id: Vec<u8>,
    is_rsa: bool,
    public: ObjectHandle,
    private: ObjectHandle,
}

fn open(module: &Pkcs11, slot: Slot, password: &str) -> Outcome<Session> {
    let session = module.open_rw_session(slot)?;
    if session.get_session_info()?.session_state() != SessionState::RwUser {
        session.login(UserType::User, Some(&AuthPin::new(password.into())))?;
    }
    Ok(session)
}

fn the_only(session: &Session, id: &[u8], class: ObjectClass) -> Outcome<ObjectHandle> {
    let found = session.find_objects(&[Attribute::Id(id.to_vec()), Attribute::Class(class)])?;
    if found.len() == 1 {
        return Ok(found[0]);
    }
    Err(format!("{} objects of a class with one id", found.len()).into())
}

fn create(session: &Session, is_rsa: bool) -> Outcome<Pair> {
    let id = session.generate_random_vec(20)?;
    assert!(session.find_objects(&[Attribute::Id(id.clone())])?.is_empty());
    let key_type = if is_rsa { KeyType::RSA } else { KeyType::EC };
    let first_label = |digit: u8| Attribute::Label(vec![digit; 64]);
    let mut public = vec![
        Attribute::Class(ObjectClass::PUBLIC_KEY),
        Attribute::Id(id.clone()),
        Attribute::Verify(true),
        Attribute::Encrypt(false),
        Attribute::Wrap(false),
        Attribute::Token(true),
        Attribute::KeyType(key_type),
        first_label(b'a'),
    ];
    let private = vec![
        Attribute::Class(ObjectClass::PRIVATE_KEY),
        Attribute::Id(id.clone()),
        Attribute::Sign(true),
        Attribute::Decrypt(false),
        Attribute::Token(true),
        Attribute::Private(true),
        Attribute::Sensitive(true),
        Attribute::KeyType(key_type),
        first_label(b'b'),
    ];
    let how = if is_rsa {
        public.extend([Attribute::PublicExponent(vec![1, 0, 1]), Attribute::ModulusBits(2048.into())]);
        Mechanism::RsaPkcsKeyPairGen
    } else {
        public.push(Attribute::EcParams(P256.into()));
        Mechanism::EccKeyPairGen
    };
    let (public, private) = session.generate_key_pair(&how, &public, &private)?;
    assert_eq!(the_only(session, &id, ObjectClass::PUBLIC_KEY)?, public);
    assert_eq!(the_only(session, &id, ObjectClass::PRIVATE_KEY)?, private);
    Ok(Pair { id, is_rsa, public, private })
}

// All in one call, whatever the type of the key.
fn read(session: &Session, pair: &Pair) -> Outcome<()> {
    let wanted = [
        AttributeType::Class,
        AttributeType::Modulus,
        AttributeType::ModulusBits,
        AttributeType::PublicExponent,
        AttributeType::KeyType,
        AttributeType::EcPoint,
        AttributeType::KeyGenMechanism,
    ];
    let made_by = if pair.is_rsa { MechanismType::RSA_PKCS_KEY_PAIR_GEN } else { MechanismType::ECC_KEY_PAIR_GEN };
    let (mut modulus, mut point, mut mechanism) = (0, 0, false);
    for attribute in session.get_attributes(pair.public, &wanted)? {
        match attribute {
            Attribute::Class(class) => assert_eq!(class, ObjectClass::PUBLIC_KEY),
            Attribute::Modulus(value) => modulus = value.len(),
            Attribute::EcPoint(value) => point = value.len(),
            Attribute::KeyGenMechanism(value) => mechanism = value == made_by,
            _ => {}
        }
    }
    assert_eq!((modulus, point, mechanism), if pair.is_rsa { (256, 0, true) } else { (0, 67, true) });
    Ok(())
}

fn sign(session: &Session, is_rsa: bool, key: ObjectHandle) -> Outcome<()> {
    let digest = [7; 32];
    let length = if is_rsa {
        session.sign(&Mechanism::RsaPkcs, key, &[&SHA256[..], &digest[..]].concat())?.len()
    } else {
        session.sign(&Mechanism::Ecdsa, key, &digest)?.len()
    };
    assert_eq!(length, if is_rsa { 256 } else { 64 });
    Ok(())
}

fn in_a_pool(module: &Pkcs11, slot: Slot, password: &str, pairs: &[Pair]) -> Outcome<()> {
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| -> Outcome<()> {
                    let session = open(module, slot, password)?;
                    for pair in pairs {
                        // The handles of the session that has made the key serve all.
                        (0..8).try_for_each(|_| sign(&session, pair.is_rsa, pair.private))?;
                    }
                    Ok(())
                })
            })
            .collect();
        workers.into_iter().try_for_each(|worker| worker.join().expect("no worker panics"))
    })
}

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let module = Pkcs11::new(std::env::var("MODULE")?)?;
    module.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK))?;
    for function in [Function::FindObjects, Function::GenerateKeyPair, Function::GetAttributeValue, Function::Login, Function::Sign] {
        assert!(module.is_fn_supported(function));
    }
    let is_ours = |&slot: &Slot| module.get_token_info(slot).is_ok_and(|info| info.label() == "NetHSM");
    let slot = module.get_slots_with_token()?.into_iter().find(is_ours).ok_or("no token of this label")?;
    let session = open(&module, slot, &arguments[1])?;
    for id in &arguments[2..] {
        let bytes: Result<Vec<u8>, _> = (0..id.len()).step_by(2).map(|i| u8::from_str_radix(&id[i..i + 2], 16)).collect();
        sign(&session, false, the_only(&session, &bytes?, ObjectClass::PRIVATE_KEY)?)?;
    }
    if arguments.len() > 2 {
        return Ok(());
    }
    let pairs = [create(&session, false)?, create(&session, true)?];
    for (number, pair) in pairs.iter().enumerate() {
        read(&session, pair)?;
        let label = format!("example.net-{}-zsk", 31203 + number);
        session.update_attributes(pair.public, &[Attribute::Label(format!("{label}-pub").into())])?;
        session.update_attributes(pair.private, &[Attribute::Label(format!("{label}-pri").into())])?;
        let id: String = pair.id.iter().map(|byte| format!("{byte:02x}")).collect();
        println!("{id} {label}-pri");
    }
    in_a_pool(&module, slot, &arguments[1], &pairs)
}
