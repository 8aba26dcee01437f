//! `irori user create|import|reset-password|resume`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use directory::{NewUser, Phones, Role};
use kernel::principal::UserKind;

use super::{open, secrets, tenant};
use crate::app::App;
use crate::cli::Failure;
use crate::config::DataFlags;

/// Work on accounts.
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Makes an account; its password is made and printed once, or read from standard input
    Create(Create),
    /// Makes and changes accounts from a CSV file: all lines or none
    Import(Import),
    /// Gives an account a new password, printed once, and ends its sessions
    ResetPassword(ResetPassword),
    /// Lets a suspended or expired account in again, the last administrator's too
    Resume(Resume),
}

/// Makes an account.
#[derive(Args, Debug)]
pub struct Create {
    /// What it signs in with
    login_id: String,
    /// In which organisation
    #[arg(long)]
    tenant: String,
    /// 名前
    #[arg(long)]
    name: String,
    /// ふりがな
    #[arg(long, default_value = "")]
    kana: String,
    /// Makes it an administrator of the whole organisation
    #[arg(long)]
    admin: bool,
    /// Reads the password from standard input
    #[arg(long)]
    password_stdin: bool,
}

/// Makes and changes accounts from a CSV file.
#[derive(Args, Debug)]
pub struct Import {
    /// UTF-8, with the columns loginId, name, kana, kind, orgUnit, position, mobile, extension, landline, email, expiresAt, password, suspended
    file: PathBuf,
    /// Into which organisation
    #[arg(long)]
    tenant: String,
    /// Only tells what would happen
    #[arg(long)]
    dry_run: bool,
}

/// Gives an account a new password.
#[derive(Args, Debug)]
pub struct ResetPassword {
    /// Whose
    login_id: String,
    /// In which organisation
    #[arg(long)]
    tenant: String,
}

/// Lets an account in again.
#[derive(Args, Debug)]
pub struct Resume {
    /// Whose
    login_id: String,
    /// In which organisation
    #[arg(long)]
    tenant: String,
}

/// Does one of these.
pub async fn run(data: &DataFlags, command: UserCommand) -> Result<(), Failure> {
    let app = open(data).await?;
    match command {
        UserCommand::Create(command) => create(&app, command).await,
        UserCommand::Import(command) => import(&app, command).await,
        UserCommand::ResetPassword(command) => reset_password(&app, command).await,
        UserCommand::Resume(command) => resume(&app, command).await,
    }
}

async fn create(app: &App, command: Create) -> Result<(), Failure> {
    let tenant = tenant(app, &command.tenant).await?;
    let password = if command.password_stdin { Some(secrets::read_line("パスワード / password")?) } else { None };
    let new = NewUser {
        client_id: None,
        login_id: command.login_id.clone(),
        name: command.name,
        kana: command.kana,
        kind: UserKind::Person,
        assignments: Vec::new(),
        phones: Phones::default(),
        email: None,
        expires_at: None,
        password,
    };
    let (user, initial) = app.directory.create_user_as_operator(tenant, new).await?;
    if command.admin {
        app.directory.grant_as_operator(tenant, user.id, Role::TenantAdmin, None).await?;
    }
    println!("{} を作りました / made", command.login_id);
    if let Some(initial) = initial {
        println!("初期パスワード / initial password: {initial}");
    }
    Ok(())
}

async fn import(app: &App, command: Import) -> Result<(), Failure> {
    let tenant = tenant(app, &command.tenant).await?;
    let csv = std::fs::read(&command.file)?;
    let report = app.directory.import_as_operator(tenant, &csv, command.dry_run).await?;
    for error in &report.errors {
        eprintln!("{}行目 / line {}: {}: {}", error.line, error.line, error.field, error.message);
    }
    if !report.errors.is_empty() {
        return Err(Failure(format!("{}か所を直してください。何も変更していません / nothing was changed", report.errors.len())));
    }
    let done = if command.dry_run { "する予定 / would be" } else { "しました / done" };
    println!("作成 {} 変更 {} 停止 {} {done}", report.created, report.updated, report.suspended);
    for password in &report.passwords {
        println!("{},{}", password.login_id, password.initial_password);
    }
    Ok(())
}

async fn reset_password(app: &App, command: ResetPassword) -> Result<(), Failure> {
    let tenant = tenant(app, &command.tenant).await?;
    let password = app.directory.reset_password_as_operator(tenant, &command.login_id).await?;
    println!("新しいパスワード / new password: {password}");
    Ok(())
}

async fn resume(app: &App, command: Resume) -> Result<(), Failure> {
    let tenant = tenant(app, &command.tenant).await?;
    app.directory.resume_as_operator(tenant, &command.login_id).await?;
    println!("{} はまたログインできます / may sign in again", command.login_id);
    Ok(())
}
