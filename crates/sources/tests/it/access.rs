//! Getting in: tokens, passwords, tenants, certificates.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tomoni_slo::Op;
use tomoni_sources::prometheus::{Auth, Config};
use wiremock::matchers::{basic_auth, bearer_token, header, method, path_regex};
use wiremock::{Mock, MockBuilder, MockServer, ResponseTemplate};

use crate::support::{first, gauge, impatient, read};

const EMPTY: &str = r#"{"status":"success","data":{"resultType":"vector","result":[]}}"#;

/// Whether a server that answers only such requests can be read.
async fn is_let_in(asked_for: MockBuilder, config: impl Fn(Config) -> Config, below: &str) -> bool {
    let server = MockServer::start().await;
    let answer = ResponseTemplate::new(200).set_body_string(EMPTY);
    asked_for.respond_with(answer).mount(&server).await;
    let config = config(impatient(format!("{}{below}", server.uri())));
    read(config, &[gauge("volts", Op::Gte, 1.0)], first(10))
        .await
        .remove(0)
        .is_ok()
}

#[tokio::test]
async fn a_token_is_shown() {
    let bearer = |token: &str| Auth::Bearer(token.to_owned());
    let asked_for = || Mock::given(bearer_token("s3cret"));
    assert!(is_let_in(asked_for(), |config| config.auth(bearer("s3cret")), "").await);
    assert!(!is_let_in(asked_for(), |config| config.auth(bearer("other")), "").await);
    assert!(!is_let_in(asked_for(), |config| config, "").await);
}

#[tokio::test]
async fn a_name_and_a_password_are_shown() {
    let basic = || Auth::Basic {
        user: "me".to_owned(),
        password: "päss".to_owned(),
    };
    let asked_for = || Mock::given(basic_auth("me", "päss"));
    assert!(is_let_in(asked_for(), |config| config.auth(basic()), "").await);
    assert!(!is_let_in(asked_for(), |config| config, "").await);
}

#[tokio::test]
async fn headers_are_sent_and_the_path_is_kept() {
    let asked_for = || {
        Mock::given(method("POST"))
            .and(header("X-Scope-OrgID", "home"))
            .and(path_regex("^/prometheus/api/v1/query(_range)?$"))
    };
    let with_tenant = |config: Config| config.header("X-Scope-OrgID", "home");
    assert!(is_let_in(asked_for(), with_tenant, "/prometheus").await);
    assert!(is_let_in(asked_for(), with_tenant, "/prometheus/").await);
    assert!(!is_let_in(asked_for(), with_tenant, "").await);
    assert!(!is_let_in(asked_for(), |config| config, "/prometheus").await);
}

#[test]
fn secrets_are_not_printed() {
    let config = Config::new("http://x").auth(Auth::Bearer("s3cret".to_owned()));
    assert!(!format!("{config:?}").contains("s3cret"));
}

/// An authority, and a certificate for 127.0.0.1 that it has signed, in a folder.
fn certify(folder: &Path) {
    let run = |arguments: &str| {
        let output = Command::new("openssl")
            .args(arguments.split(' '))
            .current_dir(folder)
            .output()
            .expect("openssl is a part of every system that has TLS; apt-get install openssl");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    };
    std::fs::write(
        folder.join("server.ext"),
        "subjectAltName=IP:127.0.0.1\nbasicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n",
    )
    .unwrap();
    let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
    run(&format!(
        "req -x509 {key} -keyout ca.key -out ca.pem -days 2 -subj /CN=test-authority"
    ));
    run(&format!(
        "req {key} -keyout server.key -out server.csr -subj /CN=server"
    ));
    run(
        "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 \
         -extfile server.ext -out server.pem",
    );
}

/// A server that speaks TLS with the folder's certificate and finds nothing.
async fn serve(folder: &Path) -> String {
    let certificate = CertificateDer::from_pem_file(folder.join("server.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(folder.join("server.key")).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // Who does not trust us hangs up.
            let Ok(mut stream) = acceptor.accept(stream).await else {
                continue;
            };
            let mut request = [0; 4_096];
            if stream.read(&mut request).await.is_ok() {
                let answer = format!(
                    "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{EMPTY}",
                    EMPTY.len()
                );
                let _ = stream.write_all(answer.as_bytes()).await;
                let _ = stream.shutdown().await;
            }
        }
    });
    url
}

#[tokio::test]
async fn an_authority_of_ones_own_is_trusted_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    certify(folder.path());
    let url = serve(folder.path()).await;
    let wants = [gauge("volts", Op::Gte, 1.0)];

    let mut config = impatient(&url);
    config.ca_pem = Some(std::fs::read(folder.path().join("ca.pem")).unwrap());
    let trusted = read(config, &wants, first(10)).await.remove(0);
    assert!(trusted.is_ok(), "{trusted:?}");

    let error = read(impatient(&url), &wants, first(10))
        .await
        .remove(0)
        .unwrap_err()
        .to_string();
    let port = url.rsplit(':').next().unwrap();
    insta::assert_snapshot!(error.replace(port, "PORT"));
}
