// SPDX-License-Identifier: MIT
// gander-embed: checks a directory of migrations and writes it as one C++ source file. It is the
// build-time half of gander_embed() (cmake/GanderEmbed.cmake), which writes the header; nobody else
// is meant to call it.
//
// The texts become escaped string literals: a raw literal would lose the CR of a CRLF, and so
// change the checksum.
#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gander/gander.h"

namespace {

namespace fs = std::filesystem;

struct Arguments {
  std::string dir;
  std::string driver = "sqlite";
  std::string function;  // the name of the function that returns the source
  std::string space;     // its namespace, or empty
  std::string output;
};

Arguments parse(const std::vector<std::string>& words) {
  Arguments arguments;
  std::map<std::string_view, std::string*> options{{"--dir", &arguments.dir},
                                                   {"--driver", &arguments.driver},
                                                   {"--function", &arguments.function},
                                                   {"--namespace", &arguments.space},
                                                   {"--output", &arguments.output}};
  for (std::size_t i = 0; i < words.size(); i += 2) {
    auto option = options.find(words[i]);
    if (option == options.end() || i + 1 == words.size()) {
      throw std::runtime_error("unexpected argument " + words[i]);
    }
    *option->second = words[i + 1];
  }
  if (arguments.dir.empty() || arguments.function.empty() || arguments.output.empty()) {
    throw std::runtime_error("--dir, --function and --output are needed");
  }
  return arguments;
}

// Prints everything that `gander validate` would find, or throws it; true when there is nothing.
// The driver decides how statements are split; no database is connected.
bool check(const Arguments& arguments) {
  std::string url = arguments.driver == "sqlite" ? "sqlite::memory:" : arguments.driver + "://";
  gander::MigrationRunner runner(gander::open(url), gander::directory(arguments.dir));
  gander::Validation validation = runner.validate();
  for (gander::ErrorDetails& defect : validation.defects) {
    std::fprintf(stderr, "%s\n", gander::Error(std::move(defect)).what());
  }
  return validation.defects.empty();
}

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file) throw std::runtime_error(path.string() + ": cannot be read");
  return text;
}

std::vector<fs::path> sql_files(const fs::path& dir) {
  std::vector<fs::path> paths;
  for (const fs::directory_entry& entry : fs::directory_iterator(dir)) {
    if (entry.path().extension() == ".sql") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

// One literal for each line of the text. Octal escapes end after three digits whatever follows,
// which hexadecimal ones do not; '?' is escaped because of trigraphs.
std::string literal(std::string_view text) {
  std::string out = "    \"";
  out.reserve(text.size() + text.size() / 8);
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto byte = static_cast<unsigned char>(text[i]);
    if (byte == '\n') {
      out += "\\n\"";
      if (i + 1 < text.size()) out += "\n    \"";
      continue;
    }
    bool plain = byte >= ' ' && byte < 0x7f && byte != '"' && byte != '\\' && byte != '?';
    if (plain) {
      out += static_cast<char>(byte);
    } else {
      out += '\\';
      for (int shift : {6, 3, 0}) out += static_cast<char>('0' + ((byte >> shift) & 7));
    }
  }
  if (text.empty() || text.back() != '\n') out += '"';
  return out;
}

std::string generate(const Arguments& arguments) {
  std::string texts;
  std::string table;
  std::size_t count = 0;
  for (const fs::path& path : sql_files(arguments.dir)) {
    std::string text = read_file(path);
    std::string name = "kText" + std::to_string(count++);
    texts += "constexpr char " + name + "[] =\n" + literal(text) + ";\n";
    // The length is given because a text may hold NUL.
    table += "    {\n" + literal(path.filename().string()) + ", {" + name + ", " +
             std::to_string(text.size()) + "}},\n";
  }
  std::string open = arguments.space.empty() ? "" : "namespace " + arguments.space + " {\n";
  std::string close = arguments.space.empty() ? "" : "}\n";
  return "// Written by gander_embed(); edit the migrations instead.\n"
         "#include \"" +
         arguments.function +
         ".h\"\n\n"
         "#pragma GCC diagnostic ignored \"-Woverlength-strings\"\n\n"
         "namespace {\n" +
         texts + "constexpr gander::EmbeddedFile kFiles[] = {\n" + table + "};\n}\n\n" + open +
         "gander::Source " + arguments.function + "() { return gander::embedded(kFiles); }\n" +
         close;
}

bool run(const std::vector<std::string>& words) {
  Arguments arguments = parse(words);
  if (!check(arguments)) return false;
  std::ofstream output(arguments.output, std::ios::binary);
  output << generate(arguments);
  output.close();
  if (!output) throw std::runtime_error(arguments.output + ": cannot be written");
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run({argv + 1, argv + argc}) ? 0 : 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
