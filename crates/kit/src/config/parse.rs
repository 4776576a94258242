//! Reading arguments and environment with every fault in one message.

use std::process;

use clap::{Arg, Command, Parser, builder::ValueParser, error::ContextValue};

/// The program's arguments and environment. Ends the process with code 2 and one message that names every fault.
pub fn parse<C: Parser>() -> C {
    match dotenvy::dotenv() {
        Err(error) if !error.not_found() => fail(&[format!(".env: {error}")]),
        _ => {}
    }
    try_parse(std::env::args_os()).unwrap_or_else(|faults| fail(&faults))
}

fn fail(faults: &[String]) -> ! {
    eprintln!("The configuration can't be used:");
    for fault in faults {
        eprintln!("  - {fault}");
    }
    eprintln!("--help explains every setting; variables are also read from .env.");
    process::exit(2)
}

fn try_parse<C: Parser>(args: impl Iterator<Item = std::ffi::OsString>) -> Result<C, Vec<String>> {
    let args: Vec<_> = args.collect();
    let mut faults = Vec::new();
    let mut command = prepare(C::command(), &mut faults);
    command.build();
    loop {
        let error = match command.clone().try_get_matches_from(&args) {
            Ok(mut matches) if faults.is_empty() => {
                return Ok(
                    C::from_arg_matches_mut(&mut matches).unwrap_or_else(|error| error.exit())
                );
            }
            Ok(_) => return Err(faults),
            Err(error) => error,
        };
        let Some(ContextValue::String(argument)) = error.get(clap::error::ContextKind::InvalidArg)
        else {
            if let Some(ContextValue::Strings(missing)) =
                error.get(clap::error::ContextKind::InvalidArg)
            {
                faults.extend(missing.iter().map(|name| missing_fault(&command, name)));
                return Err(faults);
            }
            error.exit();
        };
        let argument = argument.clone();
        let Some(found) = find(&command, &argument) else {
            error.exit();
        };
        let value = match error.get(clap::error::ContextKind::InvalidValue) {
            Some(ContextValue::String(value)) if !found.is_hide_env_values_set() => {
                format!(" {value:?}")
            }
            _ => String::new(),
        };
        let reason = std::error::Error::source(&error)
            .map_or_else(|| possible_values(found), |reason| format!(": {reason}"));
        faults.push(format!("{}{value} is not valid{reason}", name(found)));
        // Take any text for it, to find the other faults.
        command = accept_anything(command, &argument);
    }
}

/// The variable of an argument, or what one types when it has none.
fn name(arg: &Arg) -> String {
    let variable = arg
        .get_env()
        .map(|name| name.to_string_lossy().into_owned());
    // An empty variable was taken away; it is named like its option.
    let emptied = || {
        let name = arg.get_long()?.to_uppercase().replace('-', "_");
        std::env::var_os(&name).map(|_| name)
    };
    variable.or_else(emptied).unwrap_or_else(|| arg.to_string())
}

fn possible_values(arg: &Arg) -> String {
    let values = arg.get_possible_values();
    if values.is_empty() {
        return String::new();
    }
    let names: Vec<_> = values
        .iter()
        .map(clap::builder::PossibleValue::get_name)
        .collect();
    format!(": write one of {}", names.join(", "))
}

fn missing_fault(command: &Command, argument: &str) -> String {
    match find(command, argument) {
        Some(arg) => {
            let help = arg
                .get_help()
                .map(|help| format!(": {help}"))
                .unwrap_or_default();
            format!("{} is missing{help}", name(arg))
        }
        None => format!("{argument} is missing"),
    }
}

fn find<'a>(command: &'a Command, argument: &str) -> Option<&'a Arg> {
    command
        .get_arguments()
        .find(|arg| arg.to_string() == argument)
        .or_else(|| {
            command
                .get_subcommands()
                .find_map(|sub| find(sub, argument))
        })
}

fn accept_anything(command: Command, argument: &str) -> Command {
    command
        .mut_args(|arg| {
            if arg.to_string() == argument {
                arg.value_parser(ValueParser::os_string())
            } else {
                arg
            }
        })
        .mut_subcommands(|sub| accept_anything(sub, argument))
}

/// Leaves out empty variables and takes secrets from files.
fn prepare(command: Command, faults: &mut Vec<String>) -> Command {
    let command = command.mut_args(|arg| {
        let Some(variable) = arg.get_env().map(std::ffi::OsStr::to_owned) else {
            return arg;
        };
        if std::env::var_os(&variable).is_some_and(|value| !value.is_empty()) {
            return arg;
        }
        let secret = arg.is_hide_env_values_set();
        let arg = arg.env(None::<&str>);
        let mut file = variable.clone();
        file.push("_FILE");
        match std::env::var_os(&file).filter(|path| secret && !path.is_empty()) {
            Some(path) => match std::fs::read_to_string(&path) {
                Ok(text) => arg
                    .required(false)
                    .hide_default_value(true)
                    .default_value(text.trim_end_matches(['\r', '\n']).to_owned()),
                Err(error) => {
                    faults.push(format!("{}: {error}", file.to_string_lossy()));
                    arg.required(false).env(variable)
                }
            },
            // The name stays for --help and for messages; the empty value must not be taken.
            None if std::env::var_os(&variable).is_none() => arg.env(variable),
            None => arg,
        }
    });
    let mut subcommands = Vec::new();
    let command = command.mut_subcommands(|sub| {
        let mut faults = Vec::new();
        let sub = prepare(sub, &mut faults);
        subcommands.append(&mut faults);
        sub
    });
    faults.append(&mut subcommands);
    command
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{
        BrokerConfig, DatabaseConfig, PeersConfig, RedisConfig, ServerConfig, TelemetryConfig,
        TokenConfig, default_port,
    };

    #[derive(Debug, Parser)]
    #[command(mut_arg("port", default_port("8001")))]
    struct Cli {
        #[command(flatten)]
        server: ServerConfig,
        #[command(flatten)]
        telemetry: TelemetryConfig,
        #[arg(long)]
        first: String,
        #[arg(long)]
        second: String,
    }

    fn parse(args: &[&str]) -> Result<Cli, Vec<String>> {
        try_parse(
            std::iter::once("test")
                .chain(args.iter().copied())
                .map(Into::into),
        )
    }

    #[derive(Debug, Parser)]
    struct Everything {
        #[command(flatten)]
        _database: DatabaseConfig,
        #[command(flatten)]
        _redis: RedisConfig,
        #[command(flatten)]
        _broker: BrokerConfig,
        #[command(flatten)]
        _peers: PeersConfig,
        #[command(flatten)]
        _tokens: TokenConfig,
    }

    #[test]
    fn the_groups_go_together() {
        <Everything as clap::CommandFactory>::command().debug_assert();
    }

    #[test]
    fn has_defaults() {
        let cli = parse(&["--first", "1", "--second", "2"]).unwrap();
        assert_eq!(cli.server.port, 8001);
        assert_eq!(
            *cli.server.drain_timeout,
            std::time::Duration::from_secs(25)
        );
        assert!(cli.server.rate_limit.is_on());
        assert_eq!(cli.telemetry.otel_exporter_otlp_endpoint, None);
    }

    #[test]
    fn names_every_fault_at_once() {
        let args = [
            "--port",
            "x",
            "--rate-limit",
            "maybe",
            "--request-timeout",
            "soon",
        ];
        let faults = parse(&args).unwrap_err();
        assert_eq!(faults.len(), 5, "{faults:#?}");
        assert!(
            faults[0].starts_with("PORT \"x\" is not valid: "),
            "{faults:#?}"
        );
        assert!(
            faults
                .iter()
                .any(|fault| fault.contains("write one of on, off"))
        );
        assert!(faults.iter().any(|fault| fault.contains("500ms, 25s")));
        assert!(
            faults
                .iter()
                .any(|fault| fault.contains("--first <FIRST> is missing"))
        );
        assert!(
            faults
                .iter()
                .any(|fault| fault.contains("--second <SECOND> is missing"))
        );
    }
}
