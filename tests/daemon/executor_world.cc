#include "tests/daemon/executor_world.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace supd::testing {

UnitSpec shell(std::string name, std::string script) {
  UnitSpec spec;
  spec.name = std::move(name);
  spec.command = {"/bin/sh", "-c", std::move(script)};
  spec.restart.policy = RestartPolicy::never;
  return spec;
}

UnitSpec sleeper(std::string name) { return shell(std::move(name), "exec sleep 1000"); }

ExecutorWorld::ExecutorWorld(io::Engine engine, std::vector<UnitSpec> specs, sys::CgroupTree* cgroups)
    : directory_(std::filesystem::temp_directory_path() / "supd-executor-XXXXXX") {
  if (::mkdtemp(directory_.data()) == nullptr) throw std::runtime_error("mkdtemp");
  loop_ = std::move(io::make_loop(engine).value().loop);
  log::Events& events = *this;
  TransitionListener& transitions = *this;
  hub_ = std::make_unique<log::Hub>(*loop_, events, log::HubOptions{.directory = directory_});
  supervisor_ = std::make_unique<Supervisor>(std::move(Supervisor::load(std::move(specs)).value()));
  executor_ = std::make_unique<Executor>(*supervisor_, Executor::Environment{*loop_, *hub_, cgroups, transitions});
  executor_->boot();
}

ExecutorWorld::~ExecutorWorld() {
  executor_->shutdown();
  executor_->kill_all();
  until([&] { return executor_->all_stopped(); });
  executor_->remove_cgroups();
  executor_.reset();
  hub_.reset();
  std::filesystem::remove_all(directory_);
}

void ExecutorWorld::reconfigure(std::vector<UnitSpec> specs, std::vector<std::string> restart) {
  Reconfiguration change{{}, std::move(restart)};
  for (UnitSpec& spec : specs) {
    UnitId old = id(spec.name);
    bool same = old.valid() && supervisor_->spec(old) == spec;
    change.units.push_back(same ? supervisor_->spec_ptr(old) : std::make_shared<const UnitSpec>(std::move(spec)));
  }
  auto done = executor_->reconfigure(std::move(change));
  ASSERT_TRUE(done) << done.error().front().message;
}

bool ExecutorWorld::until(const std::function<bool()>& done) {
  Instant deadline = loop_->now() + 20s;
  while (!done() && loop_->now() < deadline) loop_->turn(deadline);
  EXPECT_TRUE(done()) << "not within 20 s";
  return done();
}

bool ExecutorWorld::until_running(std::string_view name) {
  return until([&] { return state(name) == State::running; });
}

pid_t ExecutorWorld::pid(std::string_view name) const {
  const auto& run = executor_->runtime(id(name)).run;
  return run ? run->pid() : 0;
}

std::string ExecutorWorld::file(const std::string& path) const {
  std::stringstream text;
  text << std::ifstream(directory_ + "/" + path).rdbuf();
  return text.str();
}

void ExecutorWorld::on_unit_added(UnitId unit) { told.push_back("added " + executor_->runtime(unit).spec->name); }

void ExecutorWorld::on_unit_gone(UnitId unit, const Cause& cause) {
  told.push_back("gone " + executor_->runtime(unit).spec->name + ": " + cause_text(cause, ""));
}

void ExecutorWorld::on_log_file_failed(const std::string& path, const Error& error) {
  ADD_FAILURE() << path << ": " << error.text();
}

std::size_t open_fds() {
  auto entries = std::filesystem::directory_iterator("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(entries), end(entries)));
}

}  // namespace supd::testing
