// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <atomic>

#include "base/guarded.h"
#include "base/openssl_errors.h"
#include "transport/tls_context.h"

namespace nethsm::transport {
namespace {

Failure out_of_order(const std::string& what) {
  return {FailureKind::kLocal, Phase::kTls, what + ": " + take_openssl_error()};
}

bool same(const Trust& a, const Trust& b) {
  return a.pins == b.pins && a.ca_file == b.ca_file && a.insecure == b.insecure;
}

// Of this process: a forked child makes its own, as a lock may have been held in the inherited one. Never
// freed: OpenSSL notes in every thread that has used it what to clean up in it when the thread ends, and the
// application's threads end when they like, long after C_Finalize.
struct ProcessContext {
  pid_t process;
  OSSL_LIB_CTX* context;
  const ProcessContext* inherited;  // kept in sight of leak checkers
};
constinit std::atomic<const ProcessContext*> process_context{nullptr};

OSSL_LIB_CTX* process_library_context() {
  const ProcessContext* current = process_context.load();
  if (current != nullptr && current->process == getpid()) return current->context;
  auto made = std::make_unique<const ProcessContext>(ProcessContext{getpid(), OSSL_LIB_CTX_new(), current});
  if (made->context == nullptr) return nullptr;
  if (process_context.compare_exchange_strong(current, made.get())) return made.release()->context;
  OSSL_LIB_CTX_free(made->context);  // another thread was faster, and nobody has used this one
  return current->context;
}

// Which certificates an instance believes in decides what is loaded.
bool needs_system_roots(const Trust& trust) {
  return trust.pins.empty() && !trust.ca_file && !trust.insecure;
}

// What has been made so far.
class Made {
 public:
  Result<std::shared_ptr<const TlsContext>, Failure> get(const Trust& trust) {
    for (const auto& context : contexts_) {
      if (same(context->trust(), trust)) return context;
    }
    TRY(start());
    auto ssl = TRY(make_ssl_context());
    if (needs_system_roots(trust)) {
      TRY(load_system_roots());
      SSL_CTX_set1_cert_store(ssl.get(), system_roots_.get());
    } else if (trust.ca_file) {
      auto store = TRY(load_ca_file(*trust.ca_file));
      SSL_CTX_set_cert_store(ssl.get(), store.release());
    }
    return contexts_.emplace_back(std::make_shared<const TlsContext>(library_, std::move(ssl), trust));
  }

 private:
  Status<Failure> start() {
    if (library_) return Ok{};
    auto library = std::make_shared<TlsLibrary>();
    library->context = process_library_context();
    if (library->context != nullptr) library->sha256.reset(EVP_MD_fetch(library->context, "SHA256", nullptr));
    library->socket_bio = make_socket_bio_method();
    if (!library->sha256 || !library->socket_bio)
      return Unexpected(out_of_order("OpenSSL cannot be started"));
    library_ = std::move(library);
    return Ok{};
  }

  Result<SslContextPtr, Failure> make_ssl_context() {
    SslContextPtr ssl(SSL_CTX_new_ex(library_->context, nullptr, TLS_client_method()));
    if (!ssl || SSL_CTX_set_min_proto_version(ssl.get(), TLS1_2_VERSION) != 1) {
      return Unexpected(out_of_order("no TLS context"));
    }
    // Moving buffers: the bytes stay, only the vector around them may have grown. OpenSSL's own buffers, 33
    // KiB a connection, are not given back after each record: that would cost each request two large
    // allocations.
    SSL_CTX_set_mode(ssl.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_options(ssl.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_session_cache_mode(ssl.get(), SSL_SESS_CACHE_OFF);
    SSL_CTX_set_read_ahead(ssl.get(), 1);  // header and content of a record by one recv(2)
    SSL_CTX_set_verify(ssl.get(), SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_cert_verify_callback(ssl.get(), &verify_peer, nullptr);
    return ssl;
  }

  Status<Failure> load_system_roots() {
    if (system_roots_) return Ok{};
    StorePtr store(X509_STORE_new());
    if (!store || X509_STORE_set_default_paths_ex(store.get(), library_->context, nullptr) != 1) {
      return Unexpected(out_of_order("the system's root certificates cannot be loaded"));
    }
    clear_openssl_errors();  // files that are missing leave traces
    system_roots_ = std::move(store);
    return Ok{};
  }

  Result<StorePtr, Failure> load_ca_file(const std::string& path) {
    StorePtr store(X509_STORE_new());
    if (!store) return Unexpected(out_of_order("no certificate store"));
    clear_openssl_errors();
    if (X509_STORE_load_file_ex(store.get(), path.c_str(), library_->context, nullptr) != 1) {
      return Unexpected(Failure{
          FailureKind::kCertificate, Phase::kTls,
          "ca_file '" + path + "' has no readable certificates in PEM form: " + take_openssl_error()});
    }
    // The file may hold the server's own certificate or an intermediate one: who lists it trusts it.
    X509_STORE_set_flags(store.get(), X509_V_FLAG_PARTIAL_CHAIN);
    return store;
  }

  std::shared_ptr<const TlsLibrary> library_;
  StorePtr system_roots_;
  std::vector<std::shared_ptr<const TlsContext>> contexts_;
};

}  // namespace

class TlsContexts::Impl {
 public:
  Guarded<Made> made;  // held while files are read, never while talking to a peer
};

TlsContexts::TlsContexts() : impl_(std::make_unique<Impl>()) {}
TlsContexts::~TlsContexts() = default;

Result<std::shared_ptr<const TlsContext>, Failure> TlsContexts::get(const Trust& trust) {
  return impl_->made.lock()->get(trust);
}

}  // namespace nethsm::transport
