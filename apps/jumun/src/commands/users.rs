//! `jumun users`: who may sign in. Passwords come from the terminal or standard input, never from a flag.

use std::io::{BufRead, IsTerminal, Write};
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use issuer::Issuer;
use telemetry::Secret;

use crate::clock::SystemClock;
use crate::data_folder::DataFolder;
use crate::issuing::{open_issuer, rotate_key_of_services};

#[derive(Debug, Args)]
pub(crate) struct UsersFlags {
    /// The data folder; the program may run on it or not.
    #[arg(long, value_name = "DIR", env = "JUMUN_DATA", default_value = "./jumun-data", global = true)]
    data: PathBuf,
    #[command(subcommand)]
    command: UsersCommand,
}

#[derive(Debug, Subcommand)]
enum UsersCommand {
    /// Add somebody; the password is asked for, or read from the first line of standard input.
    Add {
        /// The name.
        name: String,
        /// What they may be: customer, staff, courier, manager, operator; with @SHOP in one shop only.
        #[arg(long = "role", value_name = "ROLE[@SHOP]", required = true, value_delimiter = ',')]
        roles: Vec<String>,
        /// Ask for a PIN as well (the second line): for staff and couriers, on devices of their shop.
        #[arg(long)]
        pin: bool,
    },
    /// Show who there is.
    List,
    /// Take somebody away; they are signed out everywhere.
    Remove {
        /// The name.
        name: String,
    },
    /// Give somebody another password; they are signed out everywhere.
    SetPassword {
        /// The name.
        name: String,
    },
    /// Give somebody another PIN, or none; they are signed out everywhere.
    SetPin {
        /// The name.
        name: String,
        /// Take the PIN away.
        #[arg(long)]
        none: bool,
    },
    /// Give somebody other roles instead of those they have.
    Roles {
        /// The name.
        name: String,
        /// What they may be from now on.
        #[arg(long = "role", value_name = "ROLE[@SHOP]", required = true, value_delimiter = ',')]
        roles: Vec<String>,
    },
    /// Forget the attempts that failed at somebody's name.
    Unlock {
        /// The name.
        name: String,
    },
    /// Sign somebody out everywhere.
    LogOut {
        /// The name.
        name: String,
    },
    /// Sign with fresh keys from now on: access tokens, and what processes of this installation show each
    /// other.
    RotateKeys {
        /// Refuse at once what the former keys have signed, because somebody else may have it.
        #[arg(long)]
        at_once: bool,
    },
    /// Devices that PINs are good on.
    #[command(subcommand)]
    Device(DeviceCommand),
}

#[derive(Debug, Subcommand)]
enum DeviceCommand {
    /// Add a device; its secret is shown this once.
    Add {
        /// The device.
        name: String,
        /// Its shop.
        #[arg(long, value_name = "SHOP")]
        shop: String,
    },
    /// Show which there are.
    List,
    /// Take a device away; whoever is signed in on it is so no longer.
    Remove {
        /// The device.
        name: String,
    },
}

pub(crate) fn run(flags: &UsersFlags) -> Result<ExitCode> {
    let data = DataFolder::open(&flags.data)?;
    let issuer = open_issuer(data.path(), Arc::new(SystemClock::start()))?;
    match &flags.command {
        UsersCommand::Add { name, roles, pin } => {
            let password = ask("password")?;
            let pin = if *pin { Some(ask("PIN")?) } else { None };
            issuer.add(name, roles, password.expose(), pin.as_ref().map(|pin| pin.expose().as_str()))?;
            println!("{name} may sign in as {}", roles.join(", "));
        }
        UsersCommand::List => list(&issuer),
        UsersCommand::Remove { name } => {
            issuer.remove(name)?;
            println!("{name} is gone");
        }
        UsersCommand::SetPassword { name } => {
            issuer.set_password(name, ask("password")?.expose())?;
            println!("{name} has another password, and is signed out everywhere");
        }
        UsersCommand::SetPin { name, none } => {
            let pin = if *none { None } else { Some(ask("PIN")?) };
            issuer.set_pin(name, pin.as_ref().map(|pin| pin.expose().as_str()))?;
            let has = if *none { "no PIN" } else { "another PIN" };
            println!("{name} has {has}, and is signed out everywhere");
        }
        UsersCommand::Roles { name, roles } => {
            issuer.set_roles(name, roles)?;
            println!("{name} is {}", roles.join(", "));
        }
        UsersCommand::Unlock { name } => {
            issuer.unlock(name)?;
            println!("{name} may try again");
        }
        UsersCommand::LogOut { name } => {
            let ended = issuer.log_out_everywhere(name)?;
            println!("{name} is signed out ({ended} sessions)");
        }
        UsersCommand::RotateKeys { at_once } => {
            let id = issuer.rotate_keys(*at_once)?;
            println!("access tokens are signed with {id}");
            let id = rotate_key_of_services(&data, Arc::new(SystemClock::start()), *at_once)?;
            println!("processes of this installation sign with {id}");
        }
        UsersCommand::Device(command) => device(&issuer, command)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn list(issuer: &Issuer) {
    for (name, account) in issuer.accounts() {
        let pin = if account.has_pin() { ", PIN" } else { "" };
        let sessions = issuer.sessions_of(&name);
        println!("{name:<24} {:<40} {sessions} sessions{pin}", account.roles.join(", "));
    }
}

fn device(issuer: &Issuer, command: &DeviceCommand) -> Result<()> {
    match command {
        DeviceCommand::Add { name, shop } => {
            let secret = issuer.add_device(name, shop)?;
            println!("{secret}");
            eprintln!("this is the secret of {name}: enter it on the device now, it is not shown again");
        }
        DeviceCommand::List => {
            for (name, device) in issuer.devices() {
                println!("{name:<24} {}", device.shop);
            }
        }
        DeviceCommand::Remove { name } => {
            issuer.remove_device(name)?;
            println!("{name} is gone");
        }
    }
    Ok(())
}

/// Asks twice on a terminal, where nothing is shown; else reads a line.
fn ask(what: &str) -> Result<Secret<String>> {
    let input = std::io::stdin();
    if !input.is_terminal() {
        return Ok(Secret::from(line(what)?));
    }
    let quiet = Quiet::begin();
    eprint!("{what}: ");
    std::io::stderr().flush()?;
    let first = line(what)?;
    eprintln!();
    eprint!("{what} again: ");
    std::io::stderr().flush()?;
    let again = line(what)?;
    eprintln!();
    drop(quiet);
    if first != again {
        bail!("both are not the same");
    }
    Ok(Secret::from(first))
}

fn line(what: &str) -> Result<String> {
    let mut line = String::new();
    let read =
        std::io::stdin().lock().read_line(&mut line).with_context(|| format!("the {what} cannot be read"))?;
    if read == 0 {
        bail!("the {what} is read from standard input, and there is none");
    }
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

/// While it lives, the terminal shows nothing of what is typed.
struct Quiet;

impl Quiet {
    fn begin() -> Self {
        echo("-echo");
        Self
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        echo("echo");
    }
}

/// Where there is no `stty`, what is typed is seen: that is no reason not to go on.
fn echo(setting: &str) {
    let _shown = Command::new("stty").arg(setting).stdin(Stdio::inherit()).stderr(Stdio::null()).status();
}
