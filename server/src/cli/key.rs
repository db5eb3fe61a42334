//! `paidan key`.

use clap::{Args, ValueEnum};

use super::flags::{self, FileFlag};
use super::outcome::{Exit, Trouble};
use crate::access::{Keys, NewKey, ONLY_TENANT, Role};
use crate::store;

const EXAMPLES: &str = "\
Examples:
  paidan key --store /var/lib/paidan/paidan.db --name ops
  paidan key --store paidan.db --name crm --role caller
  paidan key --store paidan.db --name 'the northern branch' --tenant north

Prints the key, and nothing else, on stdout; it cannot be printed again. A service that runs on the same store knows it
within a second.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct KeyArgs {
    #[command(flatten)]
    file: FileFlag,
    /// The store that the service runs on [default: as the service has it].
    #[arg(long, value_name = "STORE")]
    store: Option<String>,
    /// Who it is for; events name them.
    #[arg(long)]
    name: String,
    /// What they may do.
    #[arg(long, value_enum, default_value_t = RoleArg::Admin)]
    role: RoleArg,
    /// For which tenant; tenants cannot see each other.
    #[arg(long, default_value = ONLY_TENANT)]
    tenant: String,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum RoleArg {
    Caller,
    Dispatcher,
    Admin,
}

pub(super) fn run(args: &KeyArgs) -> Result<Exit, Trouble> {
    let flags = args.store.iter().map(|store| ("store", store.clone())).collect();
    let settings = flags::read(&args.file, flags)?;
    let closed = |trouble| {
        let shown = store::shown(&settings.store);
        Trouble::System(format!("cannot use the store {shown:?}"), std::io::Error::other(trouble))
    };
    if settings.store == "memory" {
        return Err(Trouble::Usage("a store in memory is gone when this command ends".to_owned()));
    }
    let store = store::open(&settings.store).map_err(closed)?;
    let keys = Keys::new(store, &settings.config).map_err(closed)?;
    let role = match args.role {
        RoleArg::Caller => Role::Caller,
        RoleArg::Dispatcher => Role::Dispatcher,
        RoleArg::Admin => Role::Admin,
    };
    let (name, tenant) = (args.name.clone(), args.tenant.clone());
    let new = NewKey { name, role, tenant, engineer: None };
    println!("{}", keys.make(new, "command line").map_err(closed)?.secret);
    Ok(Exit::Fine)
}
