#include "ctl/verbs.hpp"

#include <array>

#include "ctl/commands.hpp"
#include "ctl/declare.hpp"

namespace supd::ctl {
namespace {

constexpr std::array verbs{
    Verb{"status", "[UNIT...]", "what runs, since when, and why", Words::units, declare_status, run_status},
    Verb{"start", "UNIT...", "start units and what they require", Words::units, declare_operation, run_start},
    Verb{"stop", "UNIT...", "stop units and what requires them", Words::units, declare_operation, run_stop},
    Verb{"restart", "UNIT...", "stop units, then start them", Words::units, declare_operation, run_restart},
    Verb{"signal", "SIG UNIT...", "send a signal to main processes", Words::signals, declare_signal, run_signal},
    Verb{"reset", "UNIT...", "clear failed and back-off", Words::units, declare_units, run_reset},
    Verb{"reopen", "[UNIT...]", "open log files anew, after somebody has renamed them", Words::units,
         declare_some_units, run_reopen},
    Verb{"logs", "[UNIT...]", "what units wrote", Words::units, declare_logs, run_logs},
    Verb{"events", "", "transitions of units, with their causes", Words::none, declare_events, run_events},
    Verb{"why", "UNIT", "the chain of causes of a unit's state", Words::units, declare_unit, run_why},
    Verb{"wait", "UNIT...", "wait until units are ready, stopped or failed", Words::units, declare_wait, run_wait},
    Verb{"check", "[PATH...]", "look for errors in unit files, without supd running", Words::files, declare_check,
         run_check},
    Verb{"explain", "[KEY]", "what a key of unit files or of supd.toml does", Words::keys, declare_explain,
         run_explain},
    Verb{"schema", "[unit|supd]", "the JSON Schema of unit files, for editors", Words::schemas, declare_schema,
         run_schema},
    Verb{"diff", "[UNIT...]", "what apply would change, unit by unit and key by key", Words::units, declare_diff,
         run_diff},
    Verb{"apply", "", "take over what has changed in unit files, all or nothing", Words::none, declare_apply,
         run_apply},
    Verb{"enable", "UNIT...", "let units start with supd, whatever their files say", Words::units, declare_enabling,
         run_enable},
    Verb{"disable", "UNIT...", "do not start units with supd, whatever their files say", Words::units, declare_enabling,
         run_disable},
    Verb{"mask", "UNIT...", "let nobody start units", Words::units, declare_units, run_mask},
    Verb{"unmask", "UNIT...", "let units be started again", Words::units, declare_units, run_unmask},
    Verb{"scale", "UNIT N", "run so many replicas of a unit", Words::units, declare_scale, run_scale},
    Verb{"show", "UNIT [KEY]", "the configuration in effect and where it was written", Words::units, declare_show,
         run_show},
    Verb{"doctor", "", "what works on this machine and what does not", Words::none, declare_doctor, run_doctor},
    Verb{"shutdown", "", "stop all units, then supd; the machine, where supd is its init", Words::none, declare_nothing,
         run_shutdown},
    Verb{"poweroff", "", "stop all units, unmount, and switch the machine off", Words::none, declare_machine_end,
         run_poweroff},
    Verb{"reboot", "", "the same, and start it again", Words::none, declare_machine_end, run_reboot},
    Verb{"halt", "", "the same, and leave it switched on", Words::none, declare_machine_end, run_halt},
    Verb{"version", "", "of supctl and of the running supd", Words::none, declare_nothing, run_version},
    Verb{"completion", "bash|zsh|fish", "print a completion script for a shell", Words::shells, declare_completion,
         run_completion},
};

}  // namespace

std::span<const Verb> verb_table() { return verbs; }

const Verb* find_verb(std::string_view name) {
  for (const Verb& verb : verbs) {
    if (verb.name == name) return &verb;
  }
  return nullptr;
}

}  // namespace supd::ctl
