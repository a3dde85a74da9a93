// Makes a manual page: copies what is written by hand, with the keys in place of the line @KEYS@.
// Usage: make_manual unit|supd PAGE.in

#include <cstdio>
#include <fstream>
#include <iostream>
#include <string>
#include <string_view>

#include "config/manual/keys_page.hpp"

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  std::ifstream page(argv[2]);
  if (!page) {
    std::cerr << "can't read " << argv[2] << "\n";
    return 1;
  }
  bool of_unit = std::string_view(argv[1]) == "unit";
  for (std::string line; std::getline(page, line);) {
    std::cout << (line == "@KEYS@" ? supd::config::keys_page(of_unit) : line + "\n");
  }
  return std::cout.flush() ? 0 : 1;
}
