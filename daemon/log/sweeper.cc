#include "daemon/log/sweeper.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "daemon/log/sweep_job.hpp"
#include "units/base/assert.hpp"

namespace supd::log {

Sweeper::~Sweeper() {
  loop_.release(timer_);
  for (const auto& [unused, sweep] : under_way_) loop_.release(sweep.id);
}

void Sweeper::sweep(Request request) {
  auto job = std::make_unique<SweepJob>();
  job->directory = std::move(request.directory);
  job->base = std::move(request.base);
  job->rules = request.rules;
  job->where = request.place;
  job->now_us = clock_us_();
  job->compressed = closed_.known();
  due_.erase(request.sink);
  arm();
  io::OpId id = loop_.run_job(std::move(job), *this);
  under_way_[key(id)] = {id, request.sink};
}

void Sweeper::forget(SweepSink& sink) {
  for (auto& [unused, sweep] : under_way_) {
    if (sweep.sink == &sink) sweep.sink = nullptr;
  }
  if (due_.erase(&sink) != 0) arm();
}

void Sweeper::on_job(io::OpId id, std::unique_ptr<io::Job> done) noexcept {
  const auto& job = static_cast<const SweepJob&>(*done);
  auto found = under_way_.find(key(id));
  SUPD_ASSERT(found != under_way_.end());
  SweepSink* sink = found->second.sink;
  under_way_.erase(found);
  removed_ += job.removed;
  failed_ += job.failed;
  for (const std::string& path : job.to_compress) closed_.offer(path, job.rules.compress);
  if (sink == nullptr) return;
  note_due(sink, job.rules.keep_age, job.oldest_us, job.failed != 0);
  sink->on_swept(job.newest_us);
}

/// When the oldest file that is left gets too old.
void Sweeper::note_due(SweepSink* sink, Duration keep_age, std::int64_t oldest_us, bool failed) {
  if (keep_age == Duration{0} || oldest_us == INT64_MAX) return;
  constexpr auto longest_us = std::chrono::duration_cast<std::chrono::microseconds>(longest_pause).count();
  std::int64_t age_us = std::max<std::int64_t>(clock_us_() - oldest_us, -longest_us);
  std::int64_t keep_us = std::chrono::duration_cast<std::chrono::microseconds>(keep_age).count();
  Duration pause = std::chrono::microseconds(std::min(keep_us - age_us, longest_us));
  due_[sink] = loop_.now() + std::max(pause, failed ? pause_after_failure : least_pause);
  arm();
}

void Sweeper::arm() {
  Instant first = Instant::never();
  for (const auto& [unused, at] : due_) first = std::min(first, at);
  if (first == timer_at_) return;
  loop_.release(std::exchange(timer_, {}));
  timer_at_ = first;
  if (first != Instant::never()) timer_ = loop_.timer_at(first, *this);
}

void Sweeper::on_timer(io::OpId, bool) noexcept {
  timer_ = {};
  timer_at_ = Instant::never();
  std::vector<SweepSink*> now_due;
  for (const auto& [sink, at] : due_) {
    if (at <= loop_.now()) now_due.push_back(sink);
  }
  for (SweepSink* sink : now_due) due_.erase(sink);
  for (SweepSink* sink : now_due) sink->on_sweep_due();
  arm();
}

}  // namespace supd::log
