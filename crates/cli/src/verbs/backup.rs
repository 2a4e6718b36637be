//! `tomoni backup` and `tomoni restore`.

use tokio::runtime::Builder;
use tomoni_store::{DATABASE, Store, Target, restore as restore_into};

use crate::args::{BackupArgs, PlaceArgs, RestoreArgs};
use crate::error::CliError;
use crate::exit::Outcome;
use crate::print::say;

pub(crate) fn backup(args: &BackupArgs) -> Result<Outcome, CliError> {
    wait(async {
        // Only looked at: a backup of nothing is no backup, and a newer program changes no schema.
        let store = match place(&args.place)? {
            Target::Folder(folder) if !folder.is_dir() => {
                return Err(CliError::NoFolder(folder.to_owned()));
            }
            Target::Folder(folder) if !folder.join(DATABASE).is_file() => {
                return Err(CliError::NoDatabase(folder.to_owned()));
            }
            target => Store::look(target).await?,
        };
        let done = store.backup(&args.file).await;
        store.close().await;
        Ok(done?)
    })?;
    say(&format!(
        "{} holds everything as it was at one instant",
        args.file.display()
    ));
    Ok(Outcome::Clean)
}

pub(crate) fn restore(args: &RestoreArgs) -> Result<Outcome, CliError> {
    let target = place(&args.place)?;
    wait(async { Ok(restore_into(&args.file, target).await?) })?;
    say(&format!("{} was checked and restored", args.file.display()));
    Ok(Outcome::Clean)
}

fn place(args: &PlaceArgs) -> Result<Target<'_>, CliError> {
    match (&args.data, &args.database) {
        (Some(folder), None) => Ok(Target::Folder(folder)),
        (None, Some(url)) => Ok(Target::Url(url)),
        (None, None) => Err(CliError::NoData),
        (Some(_), Some(_)) => Err(CliError::TwoPlaces),
    }
}

/// Waits for it, or for Ctrl-C: what was half done then has no name yet.
fn wait(work: impl Future<Output = Result<(), CliError>>) -> Result<(), CliError> {
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(CliError::Runtime)?;
    runtime.block_on(async {
        tokio::select! {
            done = work => done,
            Ok(()) = tokio::signal::ctrl_c() => Err(CliError::Stopped(String::new())),
        }
    })
}
