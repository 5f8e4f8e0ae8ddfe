//! The binary: see `handbill::command`.

fn main() -> std::process::ExitCode {
    handbill::command::run()
}
