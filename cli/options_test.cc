// SPDX-License-Identifier: MIT
// An option is one entry of the table: these tests find the places that do not follow from it.
#include "cli/options.h"

#include <dlfcn.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include "cli/commands.h"
#include "cli/help.h"
#include "cli/man.h"
#include "src/c/api.h"

namespace gander::cli {
namespace {

using std::chrono::milliseconds;

template <typename T>
std::size_t place_of(T Options::* member) {
  const Options options;
  return static_cast<std::size_t>(reinterpret_cast<const char*>(&(options.*member)) -
                                  reinterpret_cast<const char*>(&options));
}

// Members of Options that no flag sets, and why.
struct LibraryOnly {
  std::string_view name;
  std::size_t place;
  std::string_view reason;
  std::string_view in_c = {};  // what does the same in c.h, where it is no setter
};

const LibraryOnly kLibraryOnly[] = {
    {"check_all_first", place_of(&Options::check_all_first), "the face decides: goose's or ours"},
    {"exact_annotations", place_of(&Options::exact_annotations), "the face decides"},
    {"down_by_version", place_of(&Options::down_by_version), "the face decides"},
    {"exact_targets", place_of(&Options::exact_targets), "always on: a number was typed"},
    {"server_wait", place_of(&Options::server_wait), "follows --wait when that is given"},
    {"stop", place_of(&Options::stop), "the signals decide", "gander_runner_cancel"},
    {"environment", place_of(&Options::environment), "a function"},
    {"observer", place_of(&Options::observer), "an object"},
    {"lint_settings", place_of(&Options::lint_settings), "a section of gander.toml",
     "gander_options_set_lint_severity"},
};

// Stands for a value of any type where an Options is made.
struct Anything {
  template <typename T>
  operator T() const {  // NOLINT: meant to convert
    return T();
  }
};

template <typename... Given>
constexpr std::size_t count_members() {
  if constexpr (requires { Options{Given{}..., Anything{}}; }) {
    return count_members<Given..., Anything>();
  } else {
    return sizeof...(Given);
  }
}

// Where in an Options the member is; nullopt where it is none of Options.
std::optional<std::size_t> place_of(const Member& member) {
  return std::visit(
      [](auto pointer) -> std::optional<std::size_t> {
        if constexpr (requires(Options options) { options.*pointer; }) {
          return place_of(pointer);
        } else {
          return std::nullopt;
        }
      },
      member);
}

// The name of the setter that c.h has for an option.
std::string setter_of(std::string_view key) {
  const std::string_view name = key == "foreign_key_check" ? "check_foreign_keys" : key;
  return "gander_options_set_" + std::string(name);
}

void* find_symbol(const std::string& name) { return ::dlsym(RTLD_DEFAULT, name.c_str()); }

template <typename Argument>
int call(void* function, gander_options* options, Argument argument) {
  return reinterpret_cast<int (*)(gander_options*, Argument)>(function)(options, argument);
}

TEST(OptionTable, HasEachNameLetterAndKeyOnce) {
  std::set<std::string_view> names;
  std::set<char> letters;
  std::set<std::string_view> keys;
  for (const Option& option : kOptions) {
    EXPECT_TRUE(names.insert(option.name).second) << option.name;
    if (option.letter != 0) {
      EXPECT_TRUE(letters.insert(option.letter).second) << option.letter;
    }
    if (option.is_setting()) {
      EXPECT_TRUE(keys.insert(option.key).second) << option.key;
    }
    EXPECT_FALSE(option.help.empty() || option.help.ends_with('.')) << option.name;
  }
}

TEST(OptionTable, NamesOnlyCommandsThatThereAre) {
  std::uint64_t known = 0;
  for (const Command& command : commands()) known |= command.verb;
  for (const Option& option : kOptions) {
    EXPECT_EQ(option.commands & ~known, 0u) << option.name;
    EXPECT_TRUE(option.commands != 0 || option.name == "version") << option.name;
  }
}

TEST(OptionTable, KeyIsTheNameWithoutNoAndWithUnderscores) {
  for (const Option& option : kOptions) {
    if (!option.is_setting()) continue;
    std::string key(option.name);
    if (key.starts_with("no-")) key.erase(0, 3);
    std::ranges::replace(key, '-', '_');
    EXPECT_EQ(option.key, key);
    EXPECT_EQ(option.is_inverse(), option.name.starts_with("no-")) << key;
  }
}

TEST(OptionTable, ShowsEverySettingOfConfigAndInTheManuals) {
  const std::string markdown = help_markdown();
  const std::string man = man_page();
  for (const Option& option : kOptions) {
    if (option.commands == 0) continue;
    EXPECT_NE(markdown.find("--" + std::string(option.name)), std::string::npos) << option.name;
    if (!option.is_setting()) continue;
    EXPECT_TRUE(option.concerns(kConfig)) << option.key;
    EXPECT_NE(markdown.find("| `" + std::string(option.key) + "` | `" + option.variable() + "`"),
              std::string::npos)
        << option.key;
    EXPECT_NE(man.find(option.variable()), std::string::npos) << option.key;
    EXPECT_NE(man.find("In gander.toml: " + std::string(option.key)), std::string::npos);
  }
}

TEST(OptionTable, DefaultsAreThoseOfTheLibrary) {
  const Options defaults;
  for (const Option& option : kOptions) {
    if (const auto* flag = std::get_if<bool Options::*>(&option.member)) {
      EXPECT_EQ(option.default_text, defaults.**flag ? "true" : "false") << option.key;
    } else if (const auto* text = std::get_if<std::string Options::*>(&option.member)) {
      EXPECT_EQ(option.default_text, defaults.**text) << option.key;
    } else if (const auto* commit = std::get_if<Commit Options::*>(&option.member)) {
      EXPECT_EQ(choice_index(option.choices, option.default_text),
                static_cast<std::size_t>(defaults.**commit));
    } else if (const auto* newer = std::get_if<Newer Options::*>(&option.member)) {
      EXPECT_EQ(choice_index(option.choices, option.default_text),
                static_cast<std::size_t>(defaults.**newer));
    } else if (const auto* lint = std::get_if<LintPolicy Options::*>(&option.member)) {
      EXPECT_EQ(choice_index(option.choices, option.default_text),
                static_cast<std::size_t>(defaults.**lint));
    }
  }
}

// A member added to Options is in the table, or in the list above with its reason.
TEST(OptionTable, HasEveryMemberOfOptionsOrSaysWhyNot) {
  constexpr std::size_t kMembers = count_members<>();
  static_assert(kMembers > 20);
  std::set<std::size_t> places;
  for (const Option& option : kOptions) {
    const std::optional<std::size_t> place = place_of(option.member);
    if (place) {
      EXPECT_TRUE(places.insert(*place).second) << option.key << " writes another's";
    }
  }
  for (const LibraryOnly& member : kLibraryOnly) {
    EXPECT_FALSE(member.reason.empty());
    EXPECT_TRUE(places.insert(member.place).second) << member.name << " is in the table as well";
  }
  EXPECT_EQ(places.size(), kMembers);
}

TEST(CInterface, HasASetterForEveryMemberOfOptions) {
  ASSERT_EQ(find_symbol(setter_of("no_such_option")), nullptr);
  for (const LibraryOnly& member : kLibraryOnly) {
    const std::string name =
        member.in_c.empty() ? setter_of(member.name) : std::string(member.in_c);
    EXPECT_NE(find_symbol(name), nullptr) << member.name;
  }
  for (const Option& option : kOptions) {
    if (!place_of(option.member)) continue;
    EXPECT_NE(find_symbol(setter_of(option.key)), nullptr) << setter_of(option.key);
  }
}

// Writes another value than the default through the setter; says whether the member has it then.
struct SetThroughC {
  void* setter;
  gander_options* options;

  bool operator()(std::monostate) const { return false; }
  bool operator()(bool Config::*) const { return false; }
  bool operator()(std::string Config::*) const { return false; }
  bool operator()(bool Options::* member) const {
    const bool other = !(options->value.*member);
    return call<int>(setter, options, other ? 1 : 0) == GANDER_OK &&
           options->value.*member == other;
  }
  bool operator()(std::string Options::* member) const {
    return call<const char*>(setter, options, "other") == GANDER_OK &&
           options->value.*member == "other";
  }
  bool operator()(milliseconds Options::* member) const {
    return call<std::int64_t>(setter, options, 1234) == GANDER_OK &&
           options->value.*member == milliseconds(1234);
  }
  template <typename Enum>
  bool operator()(Enum Options::* member) const {
    return call<int>(setter, options, 2) == GANDER_OK &&
           options->value.*member == static_cast<Enum>(2);
  }
};

TEST(CInterface, SettersWriteTheMemberThatTheTableNames) {
  int tried = 0;
  for (const Option& option : kOptions) {
    if (!place_of(option.member)) continue;
    void* const setter = find_symbol(setter_of(option.key));
    if (setter == nullptr) continue;  // told by the test above
    const std::unique_ptr<gander_options, void (*)(gander_options*)> options(gander_options_new(),
                                                                             gander_options_free);
    EXPECT_TRUE(std::visit(SetThroughC{setter, options.get()}, option.member)) << option.key;
    ++tried;
  }
  EXPECT_GT(tried, 15);
}

}  // namespace
}  // namespace gander::cli
