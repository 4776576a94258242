//! A migration that is added changes the program, which the compiler does not see by itself.

fn main() {
    println!("cargo::rerun-if-changed=../../migrations/auth");
}
