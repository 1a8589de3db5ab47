// SPDX-License-Identifier: MIT
#include "cli/output/lint_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/advice.h"
#include "cli/output/error_text.h"
#include "cli/output/text.h"
#include "src/base/sha256.h"
#include "src/base/version.h"

namespace gander::cli {
namespace {

using Json = nlohmann::ordered_json;

std::string print(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json text_or_null(std::string_view text) { return text.empty() ? Json() : Json(text); }
Json number_or_null(std::int64_t number) { return number == 0 ? Json() : Json(number); }

Color color_of(LintSeverity severity) {
  switch (severity) {
    case LintSeverity::note:
      return Color::dim;
    case LintSeverity::warning:
      return Color::yellow;
    case LintSeverity::error:
      break;
  }
  return Color::red;
}

std::string locks_text(const LintFinding& finding) {
  std::string text;
  for (const LintLock& lock : finding.locks) {
    text += fmt::format("{}{} ({})", text.empty() ? "" : ", ", lock.relation, lock.mode);
  }
  return text;
}

std::string finding_text(const LintFinding& finding, const Terminal& terminal) {
  ErrorDetails details;
  details.file = finding.file;
  details.line = finding.line;
  details.column = finding.column;
  details.source_line = finding.source_line;
  details.message = fmt::format("{} [{}]", finding.message, finding.rule);
  const std::string locks = locks_text(finding);
  if (!locks.empty()) details.detail = "locks " + locks;
  details.hint = finding.hint;
  return labelled_text(details, terminal, fmt::format("{}:", lint_severity_name(finding.severity)),
                       color_of(finding.severity));
}

// Lines are counted from 1, and what concerns the whole file stands on its first.
std::int64_t line_of(const LintFinding& finding) { return std::max<std::int64_t>(finding.line, 1); }

// The message with what to do.
std::string whole_message(const LintFinding& finding) {
  return finding.hint.empty() ? finding.message
                              : finding.message + "; try: " + advice(finding.hint);
}

// The same for the same finding, wherever in its file it stands.
std::string fingerprint(const LintFinding& finding) {
  return sha256_hex(finding.file + "\n" + finding.rule + "\n" + finding.message);
}

std::string xml_text(std::string_view text) {
  std::string out;
  for (const char c : printable(text)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

// What a workflow command escapes: in a value `:` and `,` too.
std::string github_escaped(std::string_view text, bool value) {
  std::string out;
  for (const char c : text) {
    const bool escape = c == '%' || c == '\r' || c == '\n' || (value && (c == ':' || c == ','));
    out += escape ? fmt::format("%{:02X}", static_cast<unsigned char>(c)) : std::string(1, c);
  }
  return out;
}

}  // namespace

std::string lint_text(const LintReport& report, bool verbose, const Terminal& terminal) {
  std::string text;
  for (const LintFinding& finding : report.findings) {
    if (finding.severity == LintSeverity::note && !verbose) continue;
    text += finding_text(finding, terminal);
  }
  const std::int64_t notes = report.count(LintSeverity::note);
  text += fmt::format("{}{} in {}: {}, {}, {}", text.empty() ? "" : "\n",
                      count_text(report.statements, "statement"), count_text(report.files, "file"),
                      count_text(report.count(LintSeverity::error), "error"),
                      count_text(report.count(LintSeverity::warning), "warning"),
                      count_text(notes, "note"));
  if (!report.allowed.empty()) {
    text += fmt::format(", {} allowed", report.allowed.size());
  }
  text += ".\n";
  if (report.server.empty() && report.files > 0) {
    text += "No database was asked: what depends on its tables is a warning.\n";
  }
  return text;
}

std::string json_lint(const JsonHead& head, const LintReport& report) {
  Json json;
  json["format"] = 1;
  json["command"] = head.command;
  if (!head.database.empty()) json["database"] = head.database;
  json["dialect"] = report.dialect;
  json["server"] = text_or_null(report.server);
  json["files"] = report.files;
  json["statements"] = report.statements;
  json["errors"] = report.count(LintSeverity::error);
  json["warnings"] = report.count(LintSeverity::warning);
  json["notes"] = report.count(LintSeverity::note);
  json["findings"] = Json::array();
  for (const LintFinding& finding : report.findings) {
    Json locks = Json::array();
    for (const LintLock& lock : finding.locks) {
      locks.push_back({{"relation", lock.relation}, {"mode", lock.mode}});
    }
    json["findings"].push_back({{"rule", finding.rule},
                                {"severity", lint_severity_name(finding.severity)},
                                {"file", finding.file},
                                {"version", number_or_null(finding.version)},
                                {"line", number_or_null(finding.line)},
                                {"column", number_or_null(finding.column)},
                                {"message", finding.message},
                                {"hint", text_or_null(advice(finding.hint))},
                                {"locks", std::move(locks)}});
  }
  json["allowed"] = Json::array();
  for (const LintAllowed& allowed : report.allowed) {
    json["allowed"].push_back({{"rule", allowed.finding.rule},
                               {"file", allowed.finding.file},
                               {"line", number_or_null(allowed.finding.line)},
                               {"message", allowed.finding.message},
                               {"reason", text_or_null(allowed.reason)}});
  }
  return print(json);
}

std::string sarif_lint(const LintReport& report, const std::vector<LintRule>& rules) {
  Json driver = {
      {"name", "gander"}, {"version", gander_version_string()}, {"rules", Json::array()}};
  for (const LintRule& rule : rules) {
    driver["rules"].push_back(
        {{"id", rule.id},
         {"shortDescription", {{"text", rule.title}}},
         {"fullDescription", {{"text", rule.why}}},
         {"help", {{"text", advice(rule.safe)}}},
         {"defaultConfiguration", {{"level", lint_severity_name(rule.severity)}}}});
  }
  Json results = Json::array();
  const auto add = [&](const LintFinding& finding, const Json& suppressions) {
    Json region = {{"startLine", line_of(finding)}};
    if (finding.column > 0) region["startColumn"] = finding.column;
    Json result = {
        {"ruleId", finding.rule},
        {"level", lint_severity_name(finding.severity)},
        {"message", {{"text", whole_message(finding)}}},
        {"locations",
         {{{"physicalLocation",
            {{"artifactLocation", {{"uri", finding.file}}}, {"region", std::move(region)}}}}}},
        {"partialFingerprints", {{"gander/v1", fingerprint(finding)}}}};
    if (!suppressions.empty()) result["suppressions"] = suppressions;
    results.push_back(std::move(result));
  };
  for (const LintFinding& finding : report.findings) add(finding, Json::array());
  for (const LintAllowed& allowed : report.allowed) {
    Json suppression = {{"kind", allowed.reason.empty() ? "external" : "inSource"}};
    if (!allowed.reason.empty()) suppression["justification"] = allowed.reason;
    add(allowed.finding, Json::array({std::move(suppression)}));
  }
  return print({{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
                {"version", "2.1.0"},
                {"runs", Json::array({{{"tool", {{"driver", std::move(driver)}}},
                                       {"columnKind", "utf16CodeUnits"},
                                       {"results", std::move(results)}}})}});
}

std::string github_lint(const LintReport& report) {
  std::string text;
  for (const LintFinding& finding : report.findings) {
    const char* level =
        finding.severity == LintSeverity::note ? "notice" : lint_severity_name(finding.severity);
    text += fmt::format("::{} file={},line={},title={}::{}\n", level,
                        github_escaped(finding.file, true), line_of(finding),
                        github_escaped(finding.rule, true),
                        github_escaped(whole_message(finding), false));
  }
  return text;
}

std::string gitlab_lint(const LintReport& report) {
  Json issues = Json::array();
  for (const LintFinding& finding : report.findings) {
    const char* severity = finding.severity == LintSeverity::error     ? "major"
                           : finding.severity == LintSeverity::warning ? "minor"
                                                                       : "info";
    issues.push_back(
        {{"description", whole_message(finding)},
         {"check_name", finding.rule},
         {"fingerprint", fingerprint(finding)},
         {"severity", severity},
         {"location", {{"path", finding.file}, {"lines", {{"begin", line_of(finding)}}}}}});
  }
  return print(issues);
}

std::string junit_lint(const LintReport& report) {
  std::string cases;
  int tests = 0;
  int failures = 0;
  for (std::size_t i = 0; i < report.findings.size(); ++tests) {
    const std::string& file = report.findings[i].file;
    std::string found;
    bool fails = false;
    for (; i < report.findings.size() && report.findings[i].file == file; ++i) {
      const LintFinding& finding = report.findings[i];
      if (finding.severity == LintSeverity::error) fails = true;
      found +=
          fmt::format("{}:{}: {}: {} [{}]\n", file, line_of(finding),
                      lint_severity_name(finding.severity), whole_message(finding), finding.rule);
    }
    if (fails) ++failures;
    cases += fmt::format("    <testcase name=\"{0}\" classname=\"gander.lint\">\n", xml_text(file));
    const char* tag = fails ? "failure" : "system-out";
    std::string body;
    for (std::size_t from = 0; from < found.size();) {
      const std::size_t end = found.find('\n', from);
      body += xml_text(std::string_view(found).substr(from, end - from)) + "\n";
      from = end + 1;
    }
    cases += fmt::format("      <{0}{2}>{1}</{0}>\n    </testcase>\n", tag, body,
                         fails ? " message=\"would hurt a database in use\"" : "");
  }
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite "
      "name=\"gander lint\" tests=\"{}\" failures=\"{}\">\n{}  </testsuite>\n</testsuites>\n",
      tests, failures, cases);
}

std::string rules_text(const std::vector<LintRule>& rules, const Terminal& terminal) {
  std::string text;
  for (const LintRule& rule : rules) {
    text += fmt::format("{} ({}{})\n  {}. {}\n  try: {}\n", paint(terminal, Color::bold, rule.id),
                        rule.dialect.empty() ? std::string() : rule.dialect + ", ",
                        lint_severity_name(rule.severity), rule.title, rule.why, advice(rule.safe));
  }
  return text;
}

std::string json_rules(const JsonHead& head, const std::vector<LintRule>& rules) {
  Json json;
  json["format"] = 1;
  json["command"] = head.command;
  json["rules"] = Json::array();
  for (const LintRule& rule : rules) {
    json["rules"].push_back({{"rule", rule.id},
                             {"dialect", text_or_null(rule.dialect)},
                             {"severity", lint_severity_name(rule.severity)},
                             {"title", rule.title},
                             {"why", rule.why},
                             {"safe", advice(rule.safe)}});
  }
  return print(json);
}

}  // namespace gander::cli
