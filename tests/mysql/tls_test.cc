// SPDX-License-Identifier: MIT
// TLS and the ways to log in, against a server that listens on 127.0.0.1.
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>

#include "tests/mysql/mysql_test.h"
#include "tests/support/temp_directory.h"

namespace gander {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing_support::MysqlClient;
using testing_support::MysqlServer;
using testing_support::TempDirectory;

// An authority, a certificate for 127.0.0.1 that it has signed, and another authority.
void make_certificates(const TempDirectory& directory) {
  const std::string script =
      "cd '" + directory.path().string() +
      "' && chmod 755 . && for ca in ca other; do openssl req -x509 -newkey rsa:2048 -nodes -days "
      "2 -subj "
      "/CN=$ca -keyout $ca.key -out $ca.pem; done && openssl req -newkey rsa:2048 -nodes -subj "
      "/CN=127.0.0.1 -keyout server.key -out server.csr && "
      "printf 'subjectAltName=IP:127.0.0.1,DNS:localhost' > san && "
      "openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile "
      "san "
      "-out server.pem && chmod 644 *";
  ASSERT_EQ(std::system(("(" + script + ") >/dev/null 2>&1").c_str()), 0);
}

int free_port() {
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  socklen_t size = sizeof address;
  ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  ::close(listener);
  return ntohs(address.sin_port);
}

class MysqlTlsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string why;
    if (!MysqlServer::available(&why)) GTEST_SKIP() << why;
    if (std::system("openssl version >/dev/null 2>&1") != 0) GTEST_SKIP() << "no openssl";
    make_certificates(files_);
    port_ = std::to_string(free_port());
    server_ = std::make_unique<MysqlServer>(std::vector<std::string>{
        "--skip-networking=0", "--bind-address=127.0.0.1", "--port=" + port_,
        "--ssl-ca=" + files_.file("ca.pem"), "--ssl-cert=" + files_.file("server.pem"),
        "--ssl-key=" + files_.file("server.key")});
    database_ = server_->create_database();
    client_ = std::make_unique<MysqlClient>(server_->socket(), database_);
    client_->ask("CREATE USER me@'%' IDENTIFIED BY 's3cr3t/p@ss'; GRANT ALL ON *.* TO me@'%'");
  }

  std::string url(const std::string& parameters, const std::string& user = "me:s3cr3t%2Fp%40ss") {
    return "mysql://" + user + "@127.0.0.1:" + port_ + "/" + database_ +
           (parameters.empty() ? "" : "?") + parameters;
  }

  // The cipher of a session by this URL; empty: none.
  std::string cipher(const std::string& url) {
    driver_ = driver::mysql::make_driver(url);
    const auto connection = driver_->connect({});
    const driver::Rows rows = connection->query("SHOW SESSION STATUS LIKE 'Ssl_cipher'");
    return std::get<std::string>(rows.rows.at(0).at(1));
  }

  TempDirectory files_;
  std::string port_;
  std::string database_;
  std::unique_ptr<MysqlServer> server_;
  std::unique_ptr<MysqlClient> client_;
  std::unique_ptr<driver::Driver> driver_;
};

TEST_F(MysqlTlsTest, TlsIsAsTheUrlAsksForIt) {
  EXPECT_EQ(cipher(url("")), "");
  EXPECT_EQ(cipher(url("tls=false")), "");
  EXPECT_NE(cipher(url("tls=preferred")), "");
  EXPECT_NE(cipher(url("tls=skip-verify")), "");
  EXPECT_NE(cipher(url("ssl-mode=REQUIRED")), "");
  EXPECT_NE(cipher(url("ssl-ca=" + files_.file("ca.pem"))), "");
  EXPECT_NE(cipher(url("tls=true&ssl-ca=" + files_.file("ca.pem"))), "");
}

TEST_F(MysqlTlsTest, AServerOfAnotherAuthorityIsRefused) {
  for (const std::string& asked : {"ssl-ca=" + files_.file("other.pem"), std::string("tls=true")}) {
    const Error error = error_of([&] { cipher(url(asked)); });
    EXPECT_EQ(error.code(), ErrorCode::connection) << asked;
    EXPECT_THAT(error.details().hint, HasSubstr("ssl-ca")) << error.what();
    EXPECT_THAT(error.what(), Not(HasSubstr("s3cr3t")));
  }
}

TEST_F(MysqlTlsTest, GoosesDsnAndPasswordsWithSeparatorsWork) {
  const std::string dsn = "me:s3cr3t/p@ss@tcp(127.0.0.1:" + port_ + ")/" + database_;
  EXPECT_EQ(cipher(dsn + "?parseTime=true&multiStatements=true"), "");
  EXPECT_NE(cipher(dsn + "?tls=skip-verify"), "");
}

TEST_F(MysqlTlsTest, UsersLogInAsServersHaveThemToday) {
  const std::vector<std::string> plugins =
      MysqlServer::is_oracle()
          ? std::vector<std::string>{"caching_sha2_password", "sha256_password"}
          : std::vector<std::string>{"ed25519"};
  for (const std::string& plugin : plugins) {
    client_->ask("DROP USER IF EXISTS her@'%'");
    if (MysqlServer::is_oracle()) {
      client_->ask("CREATE USER her@'%' IDENTIFIED WITH " + plugin + " BY 'hush hush'");
    } else {
      try {
        client_->ask("INSTALL SONAME 'auth_ed25519'");
      } catch (const std::runtime_error&) {
        GTEST_SKIP() << "no auth_ed25519";
      }
      client_->ask("CREATE USER her@'%' IDENTIFIED VIA ed25519 USING PASSWORD('hush hush')");
    }
    client_->ask("GRANT ALL ON *.* TO her@'%'");
    // Without TLS, the first time, the password travels by the server's public key.
    EXPECT_EQ(cipher(url("", "her:hush%20hush")), "") << plugin;
    EXPECT_NE(cipher(url("tls=skip-verify", "her:hush%20hush")), "") << plugin;
  }
}

}  // namespace
}  // namespace gander
