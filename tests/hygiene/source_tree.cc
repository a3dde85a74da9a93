#include "tests/hygiene/source_tree.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace supd::hygiene {
namespace {

namespace fs = std::filesystem;

/// Blanks text from `at` up to `end` but for line breaks.
void blank(std::string& text, std::size_t at, std::size_t end) {
  for (; at < end; ++at) {
    if (text[at] != '\n') text[at] = ' ';
  }
}

std::size_t find_or_end(const std::string& text, std::string_view what, std::size_t from) {
  std::size_t found = text.find(what, from);
  return found == std::string::npos ? text.size() : found;
}

/// The place of the quote that closes the literal that opens at `open`.
std::size_t closing_quote(const std::string& text, std::size_t open) {
  for (std::size_t i = open + 1; i < text.size() && text[i] != '\n'; ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == text[open]) {
      return i;
    }
  }
  return std::min(find_or_end(text, "\n", open), text.size());
}

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

/// Skips a literal at `at`, blanks its inside if told so, and returns the place behind it.
std::size_t skip_literal(std::string& text, std::size_t at, bool blank_it) {
  bool raw = text[at] == '"' && at > 0 && text[at - 1] == 'R';
  std::size_t end = 0, length = 1;
  if (raw) {
    std::string close = ")" + text.substr(at + 1, find_or_end(text, "(", at) - at - 1) + "\"";
    end = find_or_end(text, close, at);
    length = close.size();
  } else {
    end = closing_quote(text, at);
  }
  if (blank_it) blank(text, at + 1, std::min(end + length - 1, text.size()));
  return std::min(end + length, text.size());
}

}  // namespace

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    std::fprintf(stderr, "can't read %s\n", path.c_str());
    std::exit(2);
  }
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::vector<SourceFile> source_files(const std::string& root) {
  static constexpr std::array folders{"units", "ctl", "config", "daemon", "tests"};
  static constexpr std::array<std::string_view, 3> endings{".hpp", ".cc", ".c"};
  std::vector<SourceFile> files;
  for (const char* folder : folders) {
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(root) / folder)) {
      bool source = std::ranges::find(endings, entry.path().extension().string()) != endings.end();
      if (!source || !entry.is_regular_file()) continue;
      std::string path = fs::relative(entry.path(), root).generic_string();
      files.push_back({path, read_file(entry.path().string())});
    }
  }
  std::ranges::sort(files, {}, &SourceFile::path);
  return files;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    std::size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  while (true) {
    std::size_t start = line.find_first_not_of(" \t\r\n");
    if (start == std::string_view::npos) return words;
    line.remove_prefix(start);
    std::size_t end = std::min(line.find_first_of(" \t\r\n"), line.size());
    words.push_back(line.substr(0, end));
    line.remove_prefix(end);
  }
}

std::string without_comments(std::string_view source, bool blank_strings) {
  std::string text(source);
  std::size_t i = 0;
  while (i < text.size()) {
    std::string_view two = std::string_view(text).substr(i, 2);
    bool separator = text[i] == '\'' && i > 0 && is_word(text[i - 1]);  // 1'000
    if (two == "//" || two == "/*") {
      std::size_t end = two == "//" ? find_or_end(text, "\n", i) : find_or_end(text, "*/", i + 2) + 2;
      end = std::min(end, text.size());
      blank(text, i, end);
      i = end;
    } else if (text[i] == '"' || (text[i] == '\'' && !separator)) {
      i = skip_literal(text, i, blank_strings);
    } else {
      ++i;
    }
  }
  return text;
}

}  // namespace supd::hygiene
