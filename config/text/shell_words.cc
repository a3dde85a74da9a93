#include "config/text/shell_words.hpp"

namespace supd::config {
namespace {

constexpr std::string_view blanks = " \t\n";
constexpr std::string_view special_anywhere = "|;&<>()$`*?[";
constexpr std::string_view special_first = "#~";

/// One pass over the text; `at_` is always the next character to look at.
class Splitter {
 public:
  explicit Splitter(std::string_view text) : text_(text) {}

  ShellWords split() {
    while (out_.problem.empty() && at_ < text_.size()) step();
    end_word();
    return std::move(out_);
  }

 private:
  void step() {
    char c = text_[at_];
    if (blanks.find(c) != std::string_view::npos) {
      end_word();
      ++at_;
    } else if (c == '\'') {
      single_quoted();
    } else if (c == '"') {
      double_quoted();
    } else if (c == '\\') {
      escaped();
    } else {
      note_special(c);
      take(c);
      ++at_;
    }
  }

  void single_quoted() {
    in_word_ = true;
    std::size_t close = text_.find('\'', at_ + 1);
    if (close == std::string_view::npos) {
      out_.problem = "a single quote (') is not closed";
      return;
    }
    word_ += text_.substr(at_ + 1, close - at_ - 1);
    at_ = close + 1;
  }

  void double_quoted() {
    in_word_ = true;
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      char c = text_[at_];
      char next = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
      bool escape = c == '\\' && (next == '$' || next == '`' || next == '"' || next == '\\' || next == '\n');
      if (escape) ++at_;
      if (c == '$' || c == '`') note(c);
      if (!escape || next != '\n') word_ += text_[at_];
    }
    if (at_ >= text_.size()) out_.problem = "a double quote (\") is not closed";
    ++at_;
  }

  void escaped() {
    if (at_ + 1 >= text_.size()) {
      out_.problem = "there is nothing behind the last backslash";
      return;
    }
    char c = text_[at_ + 1];
    if (c != '\n') take(c);  // backslash and newline: the line goes on
    at_ += 2;
  }

  void note_special(char c) {
    bool special = special_anywhere.find(c) != std::string_view::npos ||
                   (!in_word_ && special_first.find(c) != std::string_view::npos);
    if (special) note(c);
  }
  void note(char c) {
    if (out_.special.find(c) == std::string::npos) out_.special += c;
  }
  void take(char c) {
    in_word_ = true;
    word_ += c;
  }
  void end_word() {
    if (in_word_) out_.words.push_back(std::move(word_));
    word_.clear();
    in_word_ = false;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string word_;
  bool in_word_ = false;  ///< a word has begun, even if it is empty so far ('')
  ShellWords out_;
};

}  // namespace

ShellWords split_shell_words(std::string_view text) { return Splitter(text).split(); }

}  // namespace supd::config
