// SPDX-License-Identifier: MIT
#include "cli/config.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/call.h"
#include "cli/dotenv.h"
#include "cli/duration.h"
#include "cli/redact.h"
#include "cli/secrets.h"
#include "cli/text_encoding.h"
#include "cli/toml_file.h"
#include "gander/error.h"
#include "src/driver/engine.h"

namespace gander::cli {
namespace {

namespace fs = std::filesystem;

struct Found {
  std::string text;
  std::string origin;
};

[[noreturn]] void usage_error(std::string message, std::string hint = {}) {
  throw Error(ErrorCode::usage, std::move(message), std::move(hint));
}

// gander.toml in the working directory or above it, up to the root of the repository. Without a
// repository only the working directory counts, so that /tmp cannot configure what runs below it.
std::vector<fs::path> candidate_files(const System& system) {
  std::vector<fs::path> files{"gander.toml"};
  std::vector<fs::path> above;
  fs::path directory = system.working_directory();
  while (!directory.empty()) {
    if (system.facts(directory / ".git").exists) {
      files.insert(files.end(), above.begin(), above.end());
      break;
    }
    if (!directory.has_relative_path()) break;
    directory = directory.parent_path();
    above.push_back(directory / "gander.toml");
  }
  return files;
}

// Blanks and line ends around a value come from `echo` and from editors: never meant, and a file
// called "app.db\n" is not the database that was meant. Within a value no control character is.
std::string trimmed(std::string_view text, std::string_view name, std::string_view origin) {
  const auto blank = [](char c) { return (c >= '\0' && c <= ' ') || c == '\x7f'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  secrets().add(text);
  if (std::ranges::any_of(text, [&](char c) { return blank(c) && c != ' ' && c != '\t'; })) {
    usage_error(
        name == origin
            ? fmt::format("{} holds a line end or another control character", name)
            : fmt::format("{} holds a line end or another control character ({})", name, origin),
        "it is one line of text");
  }
  return std::string(text);
}

// The URL with the relative paths in it taken from `base`.
std::string url_beside(const fs::path& base, std::string url) {
  const driver::Engine* engine = driver::engine_of_url(url);
  if (engine == nullptr || engine->beside == nullptr) return url;
  return engine->beside(base.string(), std::move(url));
}

// The layers of one call, and how a single setting is found in them.
class Layers {
 public:
  Layers(const Call& call, System& system, Config* config)
      : call_(call), system_(system), config_(config) {
    load_environment_file();
    load_toml();
  }

  std::optional<Found> from_flag(const Option& setting) const {
    const auto text = call_.value(setting);
    if (!text) return std::nullopt;
    const std::string origin = fmt::format("--{}", setting.name);
    std::string value = trimmed(*text, setting.key, origin);
    if (setting.is_inverse()) value = value == "true" ? "false" : "true";
    return Found{std::move(value), origin};
  }

  std::optional<Found> from_variable(std::string_view name) const {
    if (name.empty()) return std::nullopt;
    const auto text = system_.environment(std::string(name));
    if (!text) return std::nullopt;
    const bool in_file =
        std::ranges::any_of(dotenv_.variables, [&](const auto& v) { return v.first == name; });
    std::string origin = in_file ? fmt::format("{} in {}", name, dotenv_.file) : std::string(name);
    std::string value = trimmed(*text, name, origin);
    if (value.empty()) return std::nullopt;
    return Found{std::move(value), std::move(origin)};
  }

  // The profile's section, then the rest of the file. `profile` false: only the rest.
  std::optional<Found> from_section(const Option& setting, bool profile) const {
    const FileSection* section = profile ? profile_ : &file_.base;
    if (section == nullptr) return std::nullopt;
    const auto found = section->find(setting.key);
    if (found == section->end()) return std::nullopt;
    const Lookup lookup = [&](const std::string& name) { return system_.environment(name); };
    std::string origin = fmt::format("{}:{}", config_->file, found->second.line);
    std::string text =
        trimmed(setting.key == "db" ? expand_url(found->second, config_->file, lookup)
                                    : expand_reference(found->second, config_->file, lookup),
                setting.key, origin);
    if (profile) origin += fmt::format(" [profile.{}]", config_->profile);
    return Found{relative_to_file(setting.key, std::move(text)), std::move(origin)};
  }

  std::optional<Found> find(const Option& setting) const {
    if (auto found = from_flag(setting)) return found;
    if (auto found = from_variable(setting.variable())) return found;
    if (auto found = from_variable(setting.goose_variable)) return found;
    if (auto found = from_section(setting, true)) return found;
    return from_section(setting, false);
  }

 private:
  void load_environment_file() {
    dotenv_ = load_dotenv(system_, call_.value("env"));
    config_->env_file = dotenv_.file;
  }

  void load_toml() {
    std::string asked_by = "--config";
    std::optional<std::string> asked = call_.value("config");
    if (!asked) {
      asked_by = "GANDER_CONFIG";
      if (const auto found = from_variable(asked_by)) asked = found->text;
    }
    if (asked && !asked->empty() && *asked != "none") {
      const auto text = system_.read_file(*asked);
      if (!text) {
        throw Error(ErrorCode::usage, fmt::format("there is no file {}", *asked),
                    fmt::format("check the path that {} names", asked_by));
      }
      use_file(*asked, *text);
    } else if (!asked || asked->empty()) {
      discover();
    }
    choose_profile();
  }

  void discover() {
    for (const fs::path& path : candidate_files(system_)) {
      if (!system_.facts(path).exists) continue;
      const std::string reason = distrust(system_, path);
      if (!reason.empty()) {
        // To go on without it would be a run with other settings than the ones meant: another
        // version table, another database.
        throw Error(ErrorCode::usage, fmt::format("{} is not read: {}", path.string(), reason),
                    fmt::format("take the right to write away, or say what is meant: --config {} "
                                "or --config none (GANDER_CONFIG)",
                                path.string()));
      }
      if (const auto text = system_.read_file(path)) use_file(path, *text);
      return;
    }
  }

  void use_file(const fs::path& path, const std::string& text) {
    for (std::size_t from = 0; from < text.size();) {
      const std::size_t end = std::min(text.find('\n', from), text.size());
      secrets().add(std::string_view(text).substr(from, end - from));
      from = end + 1;
    }
    config_->file = path.string();
    try {
      file_ = parse_toml_file(to_utf8(text), config_->file);
      config_->options.lint_settings = file_.lint;
    } catch (const Error& error) {
      if (!error.details().file.empty()) throw;
      ErrorDetails details = error.details();
      details.file = config_->file;
      throw Error(std::move(details));
    }
  }

  void choose_profile() {
    std::string asked_by = "--profile";
    std::optional<std::string> name = call_.value("profile");
    if (!name) {
      asked_by = "GANDER_PROFILE";
      name = system_.environment(asked_by);
    }
    if (!name) {
      asked_by = "default_profile";
      name = file_.profile;
    }
    if (!name || name->empty()) return;
    const auto found = file_.profiles.find(*name);
    if (found == file_.profiles.end()) {
      const std::string place = config_->file.empty() ? "there is no gander.toml here"
                                                      : config_->file + " has no such section";
      usage_error(
          fmt::format("{} asks for the profile {}, but {}", asked_by, shown_word(*name), place),
          fmt::format("add [profile.{}] to gander.toml", shown_word(*name)));
    }
    config_->profile = *name;
    profile_ = &found->second;
  }

  // Relative paths in a file mean "beside the file", whichever directory the program runs in.
  std::string relative_to_file(std::string_view key, std::string text) const {
    const fs::path base = fs::path(config_->file).parent_path();
    if (base.empty()) return text;
    if (key == "dir" || key == "db_file" || key == "dump")
      return (base / text).lexically_normal().string();
    return key == "db" ? url_beside(base, std::move(text)) : text;
  }

  const Call& call_;
  System& system_;
  Config* config_;
  LoadedDotenv dotenv_;
  TomlFile file_;
  const FileSection* profile_ = nullptr;
};

// Takes the database from the first layer that names one; within a layer one name is enough.
class DatabaseResolver {
 public:
  DatabaseResolver(const Layers& layers, const Call& call, const System& system)
      : layers_(layers),
        call_(call),
        system_(system),
        db_(*find_setting("db")),
        db_file_(*find_setting("db_file")) {}

  std::optional<DatabaseChoice> resolve(EffectiveSetting* effective) {
    const bool found =
        from_command_line() || from_environment() ||
        use(layers_.from_section(db_, true), layers_.from_section(db_file_, true)) ||
        use(layers_.from_section(db_, false), layers_.from_section(db_file_, false)) ||
        from_other_tools();
    if (!found) {
      *effective = {.key = "db", .value = "", .origin = "default"};
      return std::nullopt;
    }
    // A lone word after a driver that takes no file names nothing that is known to be harmless.
    if (!choice_.driver.empty() && !driver::takes_file(choice_.driver) &&
        choice_.text.find_first_of("=:") == std::string::npos && !names_file(choice_.text)) {
      secrets().add_whole(choice_.text);
    }
    const std::string prefix = choice_.driver.empty() ? "" : choice_.driver + " ";
    *effective = {.key = "db", .value = prefix + choice_.text, .origin = origin_};
    return choice_;
  }

 private:
  bool from_command_line() {
    const auto url = layers_.from_flag(db_);
    const auto file = layers_.from_flag(db_file_);
    if (call_.pair()) {
      if (url || file) {
        usage_error(fmt::format("the database is named twice: {} and {}", call_.pair()->driver,
                                url ? url->origin : file->origin));
      }
      choice_.driver = call_.pair()->driver;
      if (call_.pair()->dbstring) {
        choice_.text = *call_.pair()->dbstring;
        choice_.on_command_line = true;
        origin_ = "arguments DRIVER DBSTRING";
        return true;
      }
      const auto text = layers_.from_variable("GOOSE_DBSTRING");
      if (!text) {
        usage_error(
            fmt::format("no database after {}", choice_.driver),
            fmt::format("gander {} DBSTRING COMMAND, or set GOOSE_DBSTRING", choice_.driver));
      }
      choice_.text = text->text;
      origin_ = "argument DRIVER, " + text->origin;
      return true;
    }
    if (!use(url, file)) return false;
    choice_.on_command_line = url.has_value();
    return true;
  }

  bool from_environment() {
    if (use(layers_.from_variable(db_.variable()), layers_.from_variable(db_file_.variable()))) {
      return true;
    }
    const auto driver = layers_.from_variable("GOOSE_DRIVER");
    const auto text = layers_.from_variable("GOOSE_DBSTRING");
    if (!driver || !text) return false;
    choice_.driver = driver->text;
    choice_.text = text->text;
    origin_ = driver->origin + ", " + text->origin;
    return true;
  }

  // What platforms and other tools set for whoever cares: only where nothing of ours is said.
  bool from_other_tools() {
    const auto url = layers_.from_variable("DATABASE_URL");
    if (!url) return false;
    choice_.text = url->text;
    choice_.from_other_tools = true;
    origin_ = url->origin;
    return true;
  }

  bool use(const std::optional<Found>& url, const std::optional<Found>& file) {
    if (url && file) {
      usage_error(fmt::format("the database is named twice: {} and {}", url->origin, file->origin));
    }
    if (url) {
      choice_.text = url->text;
      origin_ = url->origin;
    } else if (file) {
      choice_.text = read_url(*file);
      origin_ = fmt::format("{} ({})", file->text, file->origin);
    }
    return url || file;
  }

  std::string read_url(const Found& file) const {
    const auto text = system_.read_file(file.text);
    if (!text) {
      throw Error(ErrorCode::usage, fmt::format("there is no file {}", file.text),
                  fmt::format("check the path that {} names", file.origin));
    }
    std::string line =
        trimmed(std::string_view(*text).substr(0, text->find_first_of("\r\n")), "db", file.text);
    if (line.empty()) usage_error(fmt::format("{} has no URL in its first line", file.text));
    return line;
  }

  const Layers& layers_;
  const Call& call_;
  const System& system_;
  const Option& db_;
  const Option& db_file_;
  DatabaseChoice choice_;
  std::string origin_;
};

// Resolves one setting after the other and remembers each.
class Resolver {
 public:
  Resolver(const Layers& layers, Config* config) : layers_(layers), config_(config) {}

  void resolve(const Option& setting) {
    const Found found =
        layers_.find(setting).value_or(Found{std::string(setting.default_text), "default"});
    std::string shown = found.text;
    std::visit([&](auto member) { set(setting, found, member, &shown); }, setting.member);
    remember(setting.key, std::move(shown), found.origin);
  }

  void remember(std::string_view key, std::string text, std::string origin) {
    config_->effective.push_back({std::string(key), std::move(text), std::move(origin)});
  }

 private:
  void set(const Option&, const Found&, std::monostate, std::string*) {}

  void set(const Option&, const Found& found, std::string Options::* member, std::string*) {
    config_->options.*member = found.text;
  }

  void set(const Option&, const Found& found, std::string Config::* member, std::string*) {
    config_->*member = found.text;
  }

  void set(const Option& setting, const Found& found, bool Options::* member, std::string* shown) {
    config_->options.*member = boolean(setting, found, shown);
  }

  void set(const Option& setting, const Found& found, bool Config::* member, std::string* shown) {
    config_->*member = boolean(setting, found, shown);
  }

  void set(const Option& setting, const Found& found, std::chrono::milliseconds Options::* member,
           std::string*) {
    const auto value = parse_duration(found.text);
    if (!value) refuse(setting, found, "a number with its unit: 500ms, 90s, 1h15m, or 0");
    config_->options.*member = *value;
  }

  template <typename Enum>
  void set(const Option& setting, const Found& found, Enum Options::* member, std::string*) {
    const auto index = choice_index(setting.choices, found.text);
    if (!index) refuse(setting, found, fmt::format("one of: {}", listed(setting.choices)));
    config_->options.*member = static_cast<Enum>(*index);
  }

  static bool boolean(const Option& setting, const Found& found, std::string* shown) {
    const std::optional<bool> value = parse_boolean(found.text);
    if (!value) refuse(setting, found, "true or false");
    *shown = *value ? "true" : "false";
    return *value;
  }

  [[noreturn]] static void refuse(const Option& setting, const Found& found, std::string hint) {
    usage_error(
        fmt::format("{} cannot be \"{}\" ({})", setting.key, shown_word(found.text), found.origin),
        std::move(hint));
  }

  const Layers& layers_;
  Config* config_;
};

fs::path resolve_dir(const Layers& layers, const System& system, Resolver* resolver) {
  const Option& setting = *find_setting("dir");
  std::optional<Found> found = layers.find(setting);
  if (!found || found->text.empty()) {
    const bool usual = system.facts("migrations").directory;
    found = Found{usual ? "migrations" : ".", "default"};
  }
  resolver->remember("dir", found->text, found->origin);
  return found->text;
}

}  // namespace

Config resolve_config(const Call& call, System& system) {
  Config config;
  const Layers layers(call, system, &config);
  Resolver resolver(layers, &config);

  EffectiveSetting database;
  config.database = DatabaseResolver(layers, call, system).resolve(&database);
  config.effective.push_back(std::move(database));
  config.dir = resolve_dir(layers, system, &resolver);

  for (const Option& option : kOptions) {
    if (option.is_setting() && option.member.index() != 0) resolver.resolve(option);
  }
  config.options.exact_targets = true;
  // Whoever asks for waiting means the server as well; by default a wrong address is told at once.
  const auto lint = std::ranges::find(config.effective, "lint", &EffectiveSetting::key);
  if (lint->origin == "default") {
    config.options.lint = config.protect ? LintPolicy::error : LintPolicy::warn;
    lint->value = config.protect ? "error" : "warn";
  }
  const auto wait = std::ranges::find(config.effective, "wait", &EffectiveSetting::key);
  if (wait->origin != "default") config.options.server_wait = config.options.wait;
  return config;
}

}  // namespace gander::cli
