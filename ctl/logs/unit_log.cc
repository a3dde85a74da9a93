#include "ctl/logs/unit_log.hpp"

#include <algorithm>

namespace supd::ctl::logs {

UnitLog::UnitLog(About about, const Selection& selection)
    : about_(std::move(about)), selection_(selection), chain_(LogPath(about_.path)), parser_(about_.unit, about_.kind) {
  rewind();
}

void UnitLog::rewind() {
  reader_.emplace(chain_, parser_);
  mark_.reset();
}

Result<void> UnitLog::open() {
  auto looked = chain_.look();
  if (!looked) return std::unexpected(looked.error());
  if (selection_.run) run_ = choose_run(chain_, parser_, *selection_.run, about_.run);
  return {};
}

void UnitLog::start_at(const Position& position) {
  if (run_.what == RunChoice::What::marked) mark_ = run_.mark;
  reader_->start_at(position);
}

void UnitLog::start_at_end() {
  if (chain_.has_live()) return start_at({FileChain::live, chain_.files().back().size});
  if (!chain_.files().empty()) start_at({chain_.files().back().closed_us + 1, 0});
}

/// Where in that file the selection begins, as far as that can be told without reading all of it.
std::uint64_t UnitLog::offset_of(const FileChain::File& file, std::int64_t from_us) const {
  if (from_us == INT64_MIN || about_.kind == FileKind::raw) return 0;
  if (file.fd.valid()) return seek_time(file.fd.borrow(), file.size, from_us);
  auto opened = open_closed(chain_.path(), file.closed_us);
  if (!opened || opened->compression != Compression::none) return 0;
  return seek_time(opened->fd.borrow(), static_cast<std::uint64_t>(opened->is.st_size), from_us);
}

void UnitLog::start_at_selection() { start_at_time(selection_.from_us()); }

void UnitLog::start_at_time(std::int64_t from_us) {
  auto ends_later = [from_us](const FileChain::File& file) { return file.closed_us >= from_us; };
  auto first = std::ranges::find_if(chain_.files(), ends_later);
  Position from = first == chain_.files().end() ? Position{FileChain::live, 0}
                                                : Position{first->closed_us, offset_of(*first, from_us)};
  bool in_a_run = run_.what == RunChoice::What::marked;
  if (in_a_run && run_.from < from) mark_ = run_.mark;  // its markers are passed over; another one ends it
  reader_->start_at(in_a_run ? std::max(from, run_.from) : from);
}

BackReader UnitLog::back_reader(std::size_t most) const {
  auto fits = [this](const proto::LogRecord& record) { return selection_.accepts(record); };
  return {chain_, parser_, {fits, selection_.from_us(), selection_.to_us(), most}};
}

bool UnitLog::wants(proto::LogRecord& record) {
  if (auto mark = mark_of(record)) mark_ = mark;
  if (record.run == 0 && mark_) record.run = mark_->run.value;
  return run_.has(mark_) && selection_.accepts(record);
}

bool UnitLog::next(proto::LogRecord& out) {
  if (run_.what == RunChoice::What::nothing) return false;
  while (reader_->next(out)) {
    if (wants(out)) return true;
    if (out.time_us > selection_.to_us()) return false;
  }
  return false;
}

bool UnitLog::rest(proto::LogRecord& out) { return reader_->rest(out) && wants(out); }

FileKind guess_kind(const LogPath& path) {
  auto file = open_current(path);
  if (!file || file->is.st_size == 0) {
    auto closed = closed_files(path);
    if (closed && !closed->empty()) file = open_closed(path, closed->back());
  }
  if (!file) return FileKind::records;
  auto source = make_source(file->fd.borrow(), file->compression, file->path);
  if (!source) return FileKind::records;
  LineCutter cutter;
  for (int reads = 0; reads < 16; ++reads) {
    auto count = (*source)->read(cutter.room());
    bool end = !count || *count == 0;
    if (!end) cutter.filled(*count);
    auto line = end ? cutter.rest() : cutter.next();
    if (!line && !end) continue;
    if (!line) break;
    LineParser parser("", FileKind::records);
    proto::LogRecord record;
    parser.begin_file(INT64_MIN);
    parser.parse(*line, record);
    return record.time_us == INT64_MIN ? FileKind::raw : FileKind::records;
  }
  return FileKind::records;
}

}  // namespace supd::ctl::logs
