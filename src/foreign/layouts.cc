// SPDX-License-Identifier: MIT
// read_foreign(): which files belong to which migration, tool by tool. foreign_text.cc writes them.
#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <tuple>
#include <utility>

#include "gander/error.h"
#include "src/base/input.h"
#include "src/foreign/foreign.h"

namespace gander::source {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::pair<Tool, const char*>, 5> kTools{
    {{Tool::golang_migrate, "golang-migrate"},
     {Tool::dbmate, "dbmate"},
     {Tool::flyway, "flyway"},
     {Tool::sql_migrate, "sql-migrate"},
     {Tool::refinery, "refinery"}}};

// Versions that are made up, because the tool's own are no numbers, have this many digits.
constexpr std::size_t kSequenceDigits = 5;

[[noreturn]] void fail(const std::string& file, std::string message, std::string hint) {
  ErrorDetails details;
  details.code = ErrorCode::invalid_migration;
  details.file = file;
  details.message = std::move(message);
  details.hint = std::move(hint);
  throw Error(std::move(details));
}

std::string read_file(const fs::path& path) {
  const std::unique_ptr<Input> input = file_input(path.string());
  std::string text;
  std::array<char, 65536> buffer;
  while (const std::size_t size = input->read(buffer.data(), buffer.size())) {
    text.append(buffer.data(), size);
  }
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  return text;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view leading_digits(std::string_view text) {
  const auto end = std::find_if_not(text.begin(), text.end(), is_digit);
  return text.substr(0, static_cast<std::size_t>(end - text.begin()));
}

// 0 for what is no version in goose's sense.
std::int64_t number(std::string_view digits) {
  std::int64_t value = 0;
  const auto [stop, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return failure == std::errc{} && stop == digits.data() + digits.size() ? value : 0;
}

// What a file's name says in one of the layouts.
struct Parsed {
  enum class Part { up, down, both, other };
  Part part = Part::other;  // other: a file of the tool without a counterpart
  std::string id;
  std::string title;
  std::string digits;  // of the version as written; empty when it is not one number
};

// VERSION_TITLE.up.sql and VERSION_TITLE.down.sql
std::optional<Parsed> parse_golang_migrate(std::string_view name) {
  const std::string_view digits = leading_digits(name);
  const bool up = name.ends_with(".up.sql"), down = name.ends_with(".down.sql");
  if (digits.empty() || (!up && !down) || name.substr(digits.size(), 1) != "_") return std::nullopt;
  const std::size_t suffix = up ? 7 : 9;
  if (name.size() < digits.size() + 1 + suffix) return std::nullopt;
  return Parsed{
      up ? Parsed::Part::up : Parsed::Part::down, std::to_string(number(digits)),
      std::string(name.substr(digits.size() + 1, name.size() - digits.size() - 1 - suffix)),
      std::string(digits)};
}

// VERSION_TITLE.sql, both directions in one file
std::optional<Parsed> parse_dbmate(std::string_view name) {
  const std::string_view digits = leading_digits(name);
  if (digits.empty() || !name.ends_with(".sql")) return std::nullopt;
  std::string_view title = name.substr(digits.size(), name.size() - digits.size() - 4);
  if (title.starts_with('_')) title.remove_prefix(1);
  return Parsed{Parsed::Part::both, std::string(digits), std::string(title), std::string(digits)};
}

// V1.2__TITLE.sql, U1.2__TITLE.sql, R__TITLE.sql, B1__TITLE.sql
std::optional<Parsed> parse_flyway(std::string_view name) {
  const std::size_t separator = name.find("__");
  if (name.empty() || separator == std::string_view::npos || !name.ends_with(".sql") ||
      name.size() < separator + 6) {
    return std::nullopt;
  }
  const char kind = name.front();
  Parsed parsed;
  parsed.id = name.substr(1, separator - 1);
  std::replace(parsed.id.begin(), parsed.id.end(), '_', '.');
  parsed.title = name.substr(separator + 2, name.size() - separator - 6);
  if (kind == 'R' && parsed.id.empty()) return parsed;
  if (parsed.id.empty() || !is_digit(parsed.id.front()) ||
      !std::all_of(parsed.id.begin(), parsed.id.end(),
                   [](char c) { return is_digit(c) || c == '.'; })) {
    return std::nullopt;
  }
  if (leading_digits(parsed.id) == parsed.id) parsed.digits = parsed.id;
  if (kind == 'V')
    parsed.part = Parsed::Part::up;
  else if (kind == 'U')
    parsed.part = Parsed::Part::down;
  else if (kind != 'B')
    return std::nullopt;
  return parsed;
}

// Files beside the migrations that Flyway runs before or after them, by name.
bool is_flyway_callback(std::string_view name) {
  if (!name.ends_with(".sql")) return false;
  const std::string_view event = name.substr(0, std::min(name.find("__"), name.size() - 4));
  if (event == "createSchema") return true;
  for (const std::string_view prefix : {"before", "after"}) {
    if (!event.starts_with(prefix)) continue;
    const std::string_view what = event.substr(prefix.size());
    for (const std::string_view known :
         {"Baseline", "Clean", "Connect", "Create", "Deploy", "Each", "Info", "Migrate", "Repair",
          "Repeatables", "Undo", "Validate", "Version"}) {
      if (what.starts_with(known)) return true;
    }
  }
  return false;
}

// What FILE.sql.conf says of its migration.
struct FlywayConf {
  std::optional<bool> transactional;
  std::optional<bool> placeholders;
  std::vector<std::string> unknown;  // keys without a counterpart
};

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n\f";
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return result;
}

FlywayConf parse_flyway_conf(std::string_view text, const std::string& file) {
  FlywayConf conf;
  std::int64_t line_number = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1);
    const std::string_view line = trimmed(text.substr(0, end + 1));
    text.remove_prefix(end + 1);
    ++line_number;
    if (line.empty() || line.starts_with('#') || line.starts_with('!')) continue;
    const std::size_t separator = std::min(line.find_first_of("=:"), line.size());
    const std::string key(trimmed(line.substr(0, separator)));
    const std::string value = lower(trimmed(line.substr(std::min(separator + 1, line.size()))));
    if (key != "executeInTransaction" && key != "placeholderReplacement") {
      conf.unknown.push_back(key);
      continue;
    }
    if (value != "true" && value != "false") {
      ErrorDetails details;
      details.code = ErrorCode::invalid_migration;
      details.file = file;
      details.line = line_number;
      details.column = 1;
      details.source_line = line;
      details.message = key + " is neither true nor false";
      details.hint = "write one of them";
      throw Error(std::move(details));
    }
    (key == "executeInTransaction" ? conf.transactional : conf.placeholders) = value == "true";
  }
  return conf;
}

// V1__TITLE.sql and U1__TITLE.sql, both of them forward migrations
std::optional<Parsed> parse_refinery(std::string_view name) {
  if (!name.starts_with('V') && !name.starts_with('U')) return std::nullopt;
  const std::string_view digits = leading_digits(name.substr(1));
  const std::string_view rest = name.substr(1 + digits.size());
  if (digits.empty() || !rest.starts_with("__") || !name.ends_with(".sql") || rest.size() < 6) {
    return std::nullopt;
  }
  return Parsed{Parsed::Part::up, std::to_string(number(digits)),
                std::string(rest.substr(2, rest.size() - 6)), std::string(digits)};
}

// ANYTHING.sql, both directions in one file; the whole name is the id
std::optional<Parsed> parse_sql_migrate(std::string_view name) {
  if (!name.ends_with(".sql")) return std::nullopt;
  const std::string_view digits = leading_digits(name);
  std::string_view title = name.substr(digits.size(), name.size() - digits.size() - 4);
  while (title.starts_with('_') || title.starts_with('-')) title.remove_prefix(1);
  return Parsed{Parsed::Part::both, std::string(name), std::string(title), std::string(digits)};
}

std::optional<Parsed> parse(Tool tool, std::string_view name) {
  switch (tool) {
    case Tool::golang_migrate:
      return parse_golang_migrate(name);
    case Tool::dbmate:
      return parse_dbmate(name);
    case Tool::flyway:
      return parse_flyway(name);
    case Tool::sql_migrate:
      return parse_sql_migrate(name);
    case Tool::refinery:
      return parse_refinery(name);
  }
  return std::nullopt;
}

// The words after which a section begins, in the tools that keep both in one file.
struct Marks {
  std::string_view up;
  std::string_view down;
  std::string_view no_transaction;
  std::string_view begin;  // of a statement to be kept whole; empty: the tool has no such marks
  std::string_view end;
  bool any_gap = false;  // any blanks, or none, may stand behind the dashes
};

constexpr Marks kDbmate{"-- migrate:up", "-- migrate:down", "transaction:false", "", "", true};
constexpr Marks kSqlMigrate{"-- +migrate Up", "-- +migrate Down", "notransaction",
                            "-- +migrate StatementBegin", "-- +migrate StatementEnd"};

bool marked(std::string_view line, std::string_view mark) {
  return !mark.empty() && line.starts_with(mark) &&
         (line.size() == mark.size() || line[mark.size()] == ' ' || line[mark.size()] == '\t' ||
          line[mark.size()] == '\r');
}

// "--  migrate:up" as "-- migrate:up"
std::string with_usual_gap(std::string_view line) {
  std::string_view word = line.substr(2);
  while (word.starts_with(' ') || word.starts_with('\t')) word.remove_prefix(1);
  return "-- " + std::string(word);
}

void split_sections(std::string_view text, const Marks& marks, const std::string& file,
                    ForeignMigration* migration) {
  std::string* section = nullptr;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1);
    const std::string_view whole = text.substr(0, end + 1);
    text.remove_prefix(end + 1);
    std::string line(whole.substr(0, whole.find('\n')));
    if (marks.any_gap && line.starts_with("--")) line = with_usual_gap(line);
    const bool up = marked(line, marks.up);
    const bool down = marked(line, marks.down);
    if (up || down) {
      section = up ? &migration->up : &migration->down;
      migration->has_down |= down;
      if (line.find(marks.no_transaction) != std::string_view::npos) {
        migration->transactional = false;
      }
    } else if (marked(line, marks.begin) || marked(line, marks.end)) {
      // Kept as the mark that goose knows.
      if (section != nullptr) {
        *section +=
            marked(line, marks.begin) ? "-- +goose StatementBegin\n" : "-- +goose StatementEnd\n";
      }
    } else if (section != nullptr) {
      *section += whole;
    }
  }
  if (section == nullptr) {
    fail(file, "the file has no line '" + std::string(marks.up) + "'",
         "name the right tool with --from, or take the file out of the directory");
  }
}

class DirectoryImport {
 public:
  DirectoryImport(Tool tool, const fs::path& directory) : directory_(directory) {
    result_.tool = tool;
  }

  ForeignDirectory read() {
    for (const std::string& name : sorted_names()) {
      const std::string base = fs::path(name).filename().string();
      if (const std::optional<Parsed> parsed = parse(result_.tool, base)) {
        add(name, *parsed);
      } else if (result_.tool == Tool::flyway) {
        pass_over(name, base);
      }
    }
    if (found_.empty()) {
      ErrorDetails details;
      details.code = ErrorCode::not_found;
      details.file = directory_.string();
      details.message = std::string("no migrations of ") + tool_name(result_.tool) + " found here";
      details.hint = "name the directory of the other tool's files, and the tool with --from";
      throw Error(std::move(details));
    }
    order();
    number_all();
    return std::move(result_);
  }

 private:
  struct Found {
    ForeignMigration migration;
    Parsed parsed;
    bool has_up = false;
  };

  // Relative to the directory. Flyway takes directories inside it as well; the other tools do not.
  std::vector<std::string> sorted_names() {
    std::vector<std::string> names;
    add_names({}, &names);
    std::sort(names.begin(), names.end());
    return names;
  }

  void add_names(const fs::path& inside, std::vector<std::string>* names) {
    std::error_code error;
    fs::directory_iterator entries(directory_ / inside, error);
    if (error) {
      ErrorDetails details;
      details.code = ErrorCode::not_found;
      details.file = (directory_ / inside).string();
      details.message = error.message();
      details.hint = "name the directory of the other tool's files";
      throw Error(std::move(details));
    }
    for (const fs::directory_entry& entry : entries) {
      const fs::path name = inside / entry.path().filename();
      if (entry.is_regular_file()) {
        names->push_back(name.generic_string());
      } else if (entry.is_directory() && result_.tool == Tool::flyway) {
        // A link to a directory may lead back here.
        if (entry.is_symlink()) {
          result_.notes.push_back(name.generic_string() +
                                  " was left out: it is a link to a directory");
        } else {
          add_names(name, names);
        }
      }
    }
  }

  // A file of Flyway's that is no migration, or nobody's.
  void pass_over(const std::string& name, const std::string& base) {
    if (is_flyway_callback(base)) {
      result_.notes.push_back(name +
                              " was left out: goose has no callbacks; what it does has to become "
                              "part of the migrations, or of what starts them");
    } else if (base.ends_with(".sql.conf")) {
      const std::string owner = name.substr(0, name.size() - std::string_view(".conf").size());
      if (!fs::is_regular_file(directory_ / owner)) {
        result_.notes.push_back(name + " was left out: there is no " + owner);
      }
    } else if (base.ends_with(".sql") || base.ends_with(".java") || base.ends_with(".class")) {
      result_.notes.push_back(name +
                              " was left out: it is not named as an SQL migration of Flyway");
    }
  }

  // What FILE.sql.conf says. Returns whether ${...} in the file are placeholders.
  bool take_conf(const std::string& name, ForeignMigration* migration) {
    const fs::path path = directory_ / (name + ".conf");
    if (!fs::is_regular_file(path)) return true;
    const FlywayConf conf = parse_flyway_conf(read_file(path), path.string());
    // One mark is for both directions; without a transaction is what both can be.
    if (!conf.transactional.value_or(true)) migration->transactional = false;
    for (const std::string& key : conf.unknown) {
      result_.notes.push_back(name + ".conf sets " + key + ", which has no counterpart in goose");
    }
    return conf.placeholders.value_or(true);
  }

  void add(const std::string& name, const Parsed& parsed) {
    if (parsed.part == Parsed::Part::other) {
      result_.notes.push_back(name + " was left out: goose has no counterpart to " +
                              (parsed.id.empty() ? "a repeatable" : "a baseline") + " migration");
      return;
    }
    Found& found = found_[parsed.id];
    ForeignMigration& migration = found.migration;
    const std::string file = (directory_ / name).string();
    const bool up = parsed.part != Parsed::Part::down;
    if (up ? found.has_up : migration.has_down) {
      fail(file, "version " + parsed.id + " is also in " + migration.files,
           "two files of one version cannot both be imported");
    }
    migration.id = parsed.id;
    migration.files += (migration.files.empty() ? "" : ", ") + name;
    if (up) found.parsed = parsed;
    found.has_up |= up;
    const std::string text = read_file(directory_ / name);
    if (parsed.part == Parsed::Part::both) {
      split_sections(text, result_.tool == Tool::dbmate ? kDbmate : kSqlMigrate, file, &migration);
    } else {
      (up ? migration.up : migration.down) = text;
      migration.has_down |= !up;
    }
    if (result_.tool != Tool::flyway) return;
    if (take_conf(name, &migration) && text.find("${") != std::string::npos) {
      result_.notes.push_back(name +
                              " holds ${...}: if that is a placeholder, replace it, or use "
                              "`-- +goose ENVSUB ON`");
    }
  }

  // The order in which the tool runs them.
  void order() {
    for (auto& [id, found] : found_) {
      if (!found.has_up) {
        fail((directory_ / found.migration.files).string(), "this undo has no migration to undo",
             "take the file out of the directory");
      }
      sorted_.push_back(&found);
    }
    std::stable_sort(sorted_.begin(), sorted_.end(), [this](const Found* a, const Found* b) {
      if (result_.tool == Tool::flyway)
        return version_parts(a->parsed.id) < version_parts(b->parsed.id);
      // sql-migrate runs names without a number last.
      const auto key = [](const Found* found) {
        return std::tuple(found->parsed.digits.empty(), number(found->parsed.digits),
                          std::string_view(found->parsed.id));
      };
      return key(a) < key(b);
    });
  }

  // The tool's own numbers where all are numbers from 1, each once; otherwise 1, 2, 3 ...
  void number_all() {
    bool usable = true;
    std::int64_t last = 0;
    for (const Found* found : sorted_) {
      const std::int64_t version = number(found->parsed.digits);
      usable = usable && version > last;
      last = version;
    }
    if (!usable) {
      result_.notes.push_back(
          "the versions of these files are not numbers from 1, each once: the migrations are "
          "numbered anew in their order");
    }
    std::int64_t next = 1;
    for (Found* found : sorted_) {
      ForeignMigration& migration = found->migration;
      migration.version = usable ? number(found->parsed.digits) : next++;
      std::string digits = usable ? found->parsed.digits : std::to_string(migration.version);
      if (digits.size() < kSequenceDigits) digits.insert(0, kSequenceDigits - digits.size(), '0');
      const std::string& title = found->parsed.title;
      migration.name = digits + "_" + (title.empty() ? "migration" : title) + ".sql";
      result_.migrations.push_back(std::move(migration));
    }
  }

  fs::path directory_;
  ForeignDirectory result_;
  std::map<std::string, Found> found_;
  std::vector<Found*> sorted_;
};

}  // namespace

const char* tool_name(Tool tool) noexcept {
  for (const auto& [each, name] : kTools) {
    if (each == tool) return name;
  }
  return "";
}

std::optional<Tool> tool_by_name(std::string_view name) {
  for (const auto& [tool, known] : kTools) {
    if (name == known) return tool;
  }
  return std::nullopt;
}

std::optional<Tool> detect_tool(const fs::path& directory) {
  std::array<std::size_t, kTools.size()> votes{};
  std::error_code ignored;
  bool undo = false, dotted = false;
  // Of the tools only Flyway looks into directories inside this one.
  for (fs::recursive_directory_iterator at(directory, ignored), end; !ignored && at != end;
       at.increment(ignored)) {
    const fs::directory_entry& entry = *at;
    const std::string name = entry.path().filename().string();
    if (at.depth() > 0 && (!parse_flyway(name) || !entry.is_regular_file())) continue;
    dotted |= at.depth() > 0;
    if (!name.ends_with(".sql") || !entry.is_regular_file()) continue;
    const std::string text = read_file(entry.path());
    if (parse_golang_migrate(name)) {
      ++votes[0];
    } else if (text.find(kDbmate.up) != std::string::npos) {
      ++votes[1];
    } else if (text.find(kSqlMigrate.up) != std::string::npos) {
      ++votes[3];
    } else if (parse_flyway(name)) {
      ++votes[2];
      undo |= !name.starts_with('V');
      dotted |= !parse_refinery(name);
    }
  }
  const auto most = std::max_element(votes.begin(), votes.end());
  if (*most == 0) return std::nullopt;
  const Tool tool = kTools[static_cast<std::size_t>(most - votes.begin())].first;
  // V1__name.sql alone may be Flyway's or refinery's: the answer is the same but for the name that
  // the first line keeps, so the more common tool is taken unless Cargo says otherwise.
  if (tool == Tool::flyway && !undo && !dotted &&
      (fs::exists(directory.parent_path() / "Cargo.toml", ignored) ||
       fs::exists(directory / ".." / "Cargo.toml", ignored))) {
    return Tool::refinery;
  }
  return tool;
}

std::vector<std::int64_t> version_parts(std::string_view id) {
  std::vector<std::int64_t> parts;
  while (!id.empty()) {
    const std::string_view digits = leading_digits(id);
    parts.push_back(number(digits));
    id.remove_prefix(std::min(digits.size() + 1, id.size()));
  }
  while (!parts.empty() && parts.back() == 0) parts.pop_back();
  return parts;
}

ForeignDirectory read_foreign(Tool tool, const fs::path& directory) {
  return DirectoryImport(tool, directory).read();
}

}  // namespace gander::source
