// SPDX-License-Identifier: MIT
#include "src/driver/postgres/libpq.h"

#include <dlfcn.h>

#include <array>
#include <string>

#include "gander/error.h"

namespace gander::driver::postgres {
namespace {

constexpr const char* kHint =
    "install PostgreSQL's client library: apt-get install libpq5 (Debian, Ubuntu), dnf install "
    "libpq (Fedora, RHEL), apk add libpq (Alpine), brew install libpq (macOS)";

// The library stays loaded for the life of the process: connections may outlive any one driver.
void* open_library() {
#ifdef __APPLE__
  constexpr std::array kNames = {"libpq.5.dylib", "/opt/homebrew/opt/libpq/lib/libpq.5.dylib",
                                 "/usr/local/opt/libpq/lib/libpq.5.dylib"};
#else
  constexpr std::array kNames = {"libpq.so.5"};
#endif
  std::string reason;
  for (const char* name : kNames) {
    // Lazily: libpq brings twenty libraries with it, and looking up all their functions takes
    // longer than a migration run that has nothing to do.
    if (void* library = ::dlopen(name, RTLD_LAZY | RTLD_LOCAL)) return library;
    if (reason.empty()) reason = ::dlerror();
  }
  throw Error(ErrorCode::unsupported, "PostgreSQL cannot be used here: " + reason, kHint);
}

template <typename Function>
void find(void* library, const char* name, Function* function) {
  void* symbol = ::dlsym(library, name);
  if (symbol == nullptr) {
    throw Error(ErrorCode::unsupported,
                std::string("the installed libpq is too old: it has no ") + name, kHint);
  }
  *function = reinterpret_cast<Function>(symbol);
}

// What the driver can do without.
template <typename Function>
void find_newer(void* library, const char* name, Function* function) {
  *function = reinterpret_cast<Function>(::dlsym(library, name));
}

Libpq load() {
  void* library = open_library();
  Libpq table;
  find(library, "PQconnectStartParams", &table.PQconnectStartParams);
  find(library, "PQconnectPoll", &table.PQconnectPoll);
  find(library, "PQpingParams", &table.PQpingParams);
  find(library, "PQconninfo", &table.PQconninfo);
  find(library, "PQconninfoFree", &table.PQconninfoFree);
  find(library, "PQfinish", &table.PQfinish);
  find(library, "PQstatus", &table.PQstatus);
  find(library, "PQtransactionStatus", &table.PQtransactionStatus);
  find(library, "PQserverVersion", &table.PQserverVersion);
  find(library, "PQbackendPID", &table.PQbackendPID);
  find(library, "PQsocket", &table.PQsocket);
  find(library, "PQerrorMessage", &table.PQerrorMessage);
  find(library, "PQconnectionNeedsPassword", &table.PQconnectionNeedsPassword);
  find(library, "PQsetErrorVerbosity", &table.PQsetErrorVerbosity);
  find(library, "PQhost", &table.PQhost);
  find(library, "PQport", &table.PQport);
  find(library, "PQdb", &table.PQdb);
  find(library, "PQuser", &table.PQuser);
  find(library, "PQsendQuery", &table.PQsendQuery);
  find(library, "PQsendQueryParams", &table.PQsendQueryParams);
  find(library, "PQsendPrepare", &table.PQsendPrepare);
  find(library, "PQsendQueryPrepared", &table.PQsendQueryPrepared);
  find(library, "PQsetSingleRowMode", &table.PQsetSingleRowMode);
  find(library, "PQsetnonblocking", &table.PQsetnonblocking);
  find(library, "PQflush", &table.PQflush);
  find(library, "PQconsumeInput", &table.PQconsumeInput);
  find(library, "PQisBusy", &table.PQisBusy);
  find(library, "PQgetResult", &table.PQgetResult);
  find(library, "PQputCopyData", &table.PQputCopyData);
  find(library, "PQputCopyEnd", &table.PQputCopyEnd);
  find(library, "PQgetCopyData", &table.PQgetCopyData);
  find(library, "PQfreemem", &table.PQfreemem);
  find(library, "PQsetNoticeReceiver", &table.PQsetNoticeReceiver);
  find_newer(library, "PQenterPipelineMode", &table.PQenterPipelineMode);
  find_newer(library, "PQexitPipelineMode", &table.PQexitPipelineMode);
  find_newer(library, "PQpipelineSync", &table.PQpipelineSync);
  find_newer(library, "PQsendFlushRequest", &table.PQsendFlushRequest);
  find(library, "PQparameterStatus", &table.PQparameterStatus);
  find(library, "PQgetCancel", &table.PQgetCancel);
  find(library, "PQcancel", &table.PQcancel);
  find(library, "PQfreeCancel", &table.PQfreeCancel);
  find(library, "PQresultStatus", &table.PQresultStatus);
  find(library, "PQresultErrorField", &table.PQresultErrorField);
  find(library, "PQresultErrorMessage", &table.PQresultErrorMessage);
  find(library, "PQcmdStatus", &table.PQcmdStatus);
  find(library, "PQntuples", &table.PQntuples);
  find(library, "PQnfields", &table.PQnfields);
  find(library, "PQfname", &table.PQfname);
  find(library, "PQftype", &table.PQftype);
  find(library, "PQgetisnull", &table.PQgetisnull);
  find(library, "PQgetvalue", &table.PQgetvalue);
  find(library, "PQgetlength", &table.PQgetlength);
  find(library, "PQclear", &table.PQclear);
  return table;
}

}  // namespace

const Libpq& libpq() {
  static const Libpq kTable = load();
  return kTable;
}

}  // namespace gander::driver::postgres
