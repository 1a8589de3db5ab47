// SPDX-License-Identifier: MIT
// Libpq: the functions of libpq that this driver calls, found at run time.
//
// Entry point: libpq(). The library is loaded by the first connection and never linked, so that a
// program that only uses SQLite starts without it. Names are libpq's own; its manual documents them
// (https://www.postgresql.org/docs/current/libpq.html).
#pragma once

#include <libpq-fe.h>

#include <memory>

namespace gander::driver::postgres {

struct Libpq {
  // NOLINTBEGIN(readability-identifier-naming): libpq's names.
  decltype(&::PQconnectStartParams) PQconnectStartParams;
  decltype(&::PQconnectPoll) PQconnectPoll;
  decltype(&::PQpingParams) PQpingParams;
  decltype(&::PQconninfo) PQconninfo;
  decltype(&::PQconninfoFree) PQconninfoFree;
  decltype(&::PQfinish) PQfinish;
  decltype(&::PQstatus) PQstatus;
  decltype(&::PQtransactionStatus) PQtransactionStatus;
  decltype(&::PQserverVersion) PQserverVersion;
  decltype(&::PQbackendPID) PQbackendPID;
  decltype(&::PQsocket) PQsocket;
  decltype(&::PQerrorMessage) PQerrorMessage;
  decltype(&::PQconnectionNeedsPassword) PQconnectionNeedsPassword;
  decltype(&::PQsetErrorVerbosity) PQsetErrorVerbosity;
  decltype(&::PQhost) PQhost;
  decltype(&::PQport) PQport;
  decltype(&::PQdb) PQdb;
  decltype(&::PQuser) PQuser;

  decltype(&::PQsendQuery) PQsendQuery;
  decltype(&::PQsendQueryParams) PQsendQueryParams;
  decltype(&::PQsendPrepare) PQsendPrepare;
  decltype(&::PQsendQueryPrepared) PQsendQueryPrepared;
  decltype(&::PQsetSingleRowMode) PQsetSingleRowMode;
  decltype(&::PQsetnonblocking) PQsetnonblocking;
  decltype(&::PQflush) PQflush;
  decltype(&::PQconsumeInput) PQconsumeInput;
  decltype(&::PQisBusy) PQisBusy;
  decltype(&::PQgetResult) PQgetResult;
  decltype(&::PQputCopyData) PQputCopyData;
  decltype(&::PQputCopyEnd) PQputCopyEnd;
  decltype(&::PQgetCopyData) PQgetCopyData;
  decltype(&::PQfreemem) PQfreemem;
  decltype(&::PQsetNoticeReceiver) PQsetNoticeReceiver;

  // Of libpq 14 and newer; null elsewhere.
  int (*PQenterPipelineMode)(PGconn*);
  int (*PQexitPipelineMode)(PGconn*);
  int (*PQpipelineSync)(PGconn*);
  int (*PQsendFlushRequest)(PGconn*);

  decltype(&::PQparameterStatus) PQparameterStatus;

  decltype(&::PQgetCancel) PQgetCancel;
  decltype(&::PQcancel) PQcancel;
  decltype(&::PQfreeCancel) PQfreeCancel;

  decltype(&::PQresultStatus) PQresultStatus;
  decltype(&::PQresultErrorField) PQresultErrorField;
  decltype(&::PQresultErrorMessage) PQresultErrorMessage;
  decltype(&::PQcmdStatus) PQcmdStatus;
  decltype(&::PQntuples) PQntuples;
  decltype(&::PQnfields) PQnfields;
  decltype(&::PQfname) PQfname;
  decltype(&::PQftype) PQftype;
  decltype(&::PQgetisnull) PQgetisnull;
  decltype(&::PQgetvalue) PQgetvalue;
  decltype(&::PQgetlength) PQgetlength;
  decltype(&::PQclear) PQclear;
  // NOLINTEND(readability-identifier-naming)
};

// PGRES_PIPELINE_SYNC and PGRES_PIPELINE_ABORTED, which the headers of libpq 13 lack.
inline constexpr int kPipelineSync = 10;
inline constexpr int kPipelineAborted = 11;

// Throws Error(unsupported) when libpq cannot be loaded. Thread rule: may be called from any
// thread.
const Libpq& libpq();

struct ResultDeleter {
  void operator()(PGresult* result) const noexcept { libpq().PQclear(result); }
};
using ResultHandle = std::unique_ptr<PGresult, ResultDeleter>;

}  // namespace gander::driver::postgres
