#pragma once

/// What has to be there before the first unit: console, file systems, a name, loopback, Ctrl-Alt-Del.

namespace supd::machine {

/// The console becomes stdin, stdout and stderr, where those lead nowhere.
void take_console();

/// What fails is told, with its reason, and is no reason to stop.
void set_up_machine();

}  // namespace supd::machine
