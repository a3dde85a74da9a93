/// Completion scripts, made from the tables of verbs and options. Unit names come from supd itself.

#include "ctl/commands.hpp"
#include "ctl/parse.hpp"
#include "ctl/text/join.hpp"
#include "units/base/signal_names.hpp"

namespace supd::ctl {
namespace {

/// Prints one unit name per line; quiet when there is no supd.
constexpr std::string_view list_units = "supctl status 2>/dev/null | awk 'NR > 1 { print $1 }'";

/// Prints one key of unit files per line.
constexpr std::string_view list_keys = "supctl explain 2>/dev/null | awk '/^  / { print $1 }'";

void append_word(std::string& words, std::string_view word) {
  if (!words.empty()) words += ' ';
  words += word;
}

std::string verb_names() {
  std::string names;
  for (const Verb& verb : verb_table()) append_word(names, verb.name);
  return names;
}

std::string option_words(const Verb& verb) {
  std::string words;
  for (const OptionName& option : option_names(verb)) append_word(words, option.spelling);
  return words;
}

std::string signal_words() {
  std::string words;
  for (std::string_view name : signal_names()) append_word(words, name);
  return words;
}

/// The shell words that complete an argument of `verb`: fixed words, or a command substitution.
std::string argument_words(const Verb& verb) {
  switch (verb.words) {
    case Words::units: return joined({"$(", list_units, ")"});
    case Words::signals: return joined({signal_words(), " $(", list_units, ")"});
    case Words::shells: return "bash zsh fish";
    case Words::keys: return joined({"$(", list_keys, ")"});
    case Words::schemas: return "unit supd";
    case Words::files:
    case Words::none: return {};
  }
  return {};
}

/// A `case` of the shell with the options and the argument words of each verb.
std::string shell_cases() {
  std::string cases;
  for (const Verb& verb : verb_table()) {
    cases += joined({"    ", verb.name, ")\n      options=\"", option_words(verb), "\"\n"});
    std::string words = argument_words(verb);
    if (!words.empty()) cases += joined({"      [[ $current == -* ]] || words=\"", words, "\"\n"});
    if (verb.words == Words::files) cases += "      files=yes\n";
    cases += "      ;;\n";
  }
  return cases;
}

/// The first word that is neither an option nor a global option's value, in `$verb`.
constexpr std::string_view find_the_verb = R"(  local verb="" word skip=""
  for word in "${before[@]}"; do
    if [[ -n $skip ]]; then skip=""; continue; fi
    case $word in
      --socket|--output|-o|-qo) skip=yes ;;
      -*) ;;
      *) verb=$word; break ;;
    esac
  done
)";

/// What bash and zsh have in common: finds the verb, and sets `words` to what can stand at the cursor.
void append_word_choice(std::string& out) {
  out += find_the_verb;
  out +=
      joined({"  case $verb in\n    \"\") words=\"", verb_names(), "\"; options=\"--help --version --socket\" ;;\n"});
  out += shell_cases();
  out += "  esac\n";
  out += "  [[ $current == -* ]] && words=$options\n";
}

std::string bash_script() {
  std::string out = "# bash completion for supctl: source <(supctl completion bash)\n_supctl() {\n";
  out += "  local current=${COMP_WORDS[COMP_CWORD]} options=\"\" words=\"\" files=\"\"\n";
  out += "  local before=(\"${COMP_WORDS[@]:1:COMP_CWORD-1}\")\n";
  append_word_choice(out);
  out += "  COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n";
  out += "  if [[ -n $files && $current != -* ]]; then COMPREPLY=($(compgen -f -- \"$current\")); fi\n";
  out += "}\ncomplete -F _supctl supctl\n";
  return out;
}

std::string zsh_script() {
  std::string out = "#compdef supctl\n# zsh completion for supctl: source <(supctl completion zsh)\n_supctl() {\n";
  out += "  local current=$words[CURRENT] options=\"\" files=\"\"\n";
  out += "  local -a before=(\"${(@)words[2,CURRENT-1]}\")\n";
  out += "  local words=\"\"\n";
  append_word_choice(out);
  out += "  if [[ -n $files && $current != -* ]]; then _files; else compadd -- ${=words}; fi\n";
  out += "}\ncompdef _supctl supctl\n";
  return out;
}

/// Within single quotes of fish.
std::string fish_quoted(std::string_view text) {
  std::string out = "'";
  for (char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

void append_fish_options(std::string& out, const Verb& verb, const std::string& head) {
  for (const OptionName& option : option_names(verb)) {
    bool is_long = option.spelling.starts_with("--");
    out += joined({head, is_long ? " -l " : " -s ", option.spelling.substr(is_long ? 2 : 1)});
    if (option.takes_value) out += " -x";
    out += joined({" -d ", fish_quoted(option.description), "\n"});
  }
}

std::string fish_script() {
  std::string out = "# fish completion for supctl: supctl completion fish | source\ncomplete -c supctl -f\n";
  for (const Verb& verb : verb_table()) {
    std::string name(verb.name);
    out += joined({"complete -c supctl -n __fish_use_subcommand -a ", name, " -d ", fish_quoted(verb.summary), "\n"});
    std::string head = joined({"complete -c supctl -n '__fish_seen_subcommand_from ", name, "'"});
    append_fish_options(out, verb, head);
    if (verb.words == Words::units || verb.words == Words::signals)
      out += joined({head, " -a \"(", list_units, ")\"\n"});
    if (verb.words == Words::signals) out += joined({head, " -a '", signal_words(), "'\n"});
    if (verb.words == Words::keys) out += joined({head, " -a \"(", list_keys, ")\"\n"});
    if (verb.words == Words::schemas) out += head + " -a 'unit supd'\n";
    if (verb.words == Words::shells) out += head + " -a 'bash zsh fish'\n";
    if (verb.words == Words::files) out += head + " -F\n";
  }
  return out;
}

}  // namespace

Ending run_completion(Context& context) {
  const std::string& shell = context.options.shell;
  context.out.write(shell == "bash" ? bash_script() : shell == "zsh" ? zsh_script() : fish_script());
  return Outcome::done;
}

}  // namespace supd::ctl
