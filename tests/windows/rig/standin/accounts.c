/* accounts.c - which account is active, its password on disk, the legacy account in [Settings].
 *
 * A stored password is a blob of the real one's form (lower-case hex, 16*(floor((4+2n)/8)+1)
 * digits for n < 255 characters) under a cipher of no strength at all: enough to tell a blob made
 * here (kept) from any other text (taken for a plain password and replaced).
 */
#include "standin.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PASSWORD_MAX 1040

int account_id;
wchar_t account_title[256], account_server[1041], account_username[1041];

/* -- the blob ----------------------------------------------------------------------------- */

static void scramble(unsigned char *bytes, size_t count)
{
    unsigned state = 0x5eed5eed;
    for (size_t i = 0; i < count; i++) {
        state = state * 1664525 + 1013904223;
        bytes[i] ^= state >> 24;
    }
}

/* The head that MFC puts before an archived UTF-16 string of so many characters. */
static size_t archive_head(unsigned char *head, size_t characters)
{
    memcpy(head, "\xff\xfe\xff", 3);
    if (characters < 255) { head[3] = (unsigned char)characters; return 4; }
    head[3] = 0xff;
    head[4] = (unsigned char)characters;
    head[5] = (unsigned char)(characters >> 8);
    return 6;
}

static void encrypt(const wchar_t *plain, wchar_t *hex)
{
    static unsigned char bytes[2 * PASSWORD_MAX + 16];
    size_t characters = wcslen(plain), used = archive_head(bytes, characters);
    memcpy(bytes + used, plain, 2 * characters);
    used += 2 * characters;
    size_t total = 8 * (used / 8 + 1);
    memset(bytes + used, (int)(total - used), total - used);
    scramble(bytes, total);
    for (size_t i = 0; i < total; i++) swprintf(hex + 2 * i, 3, L"%02x", bytes[i]);
}

static unsigned nibble(wchar_t c)
{
    return c >= L'0' && c <= L'9' ? c - L'0' : c >= L'a' && c <= L'f' ? c - L'a' + 10 : c >= L'A' && c <= L'F' ? c - L'A' + 10 : 16;
}

/* Is this a blob that encrypt() made? */
static BOOL decrypts(const wchar_t *hex)
{
    static unsigned char bytes[PASSWORD_MAX], head[6];
    size_t total = wcslen(hex) / 2;
    if (!total || wcslen(hex) % 16 || total > sizeof bytes) return FALSE;
    for (size_t i = 0; i < total; i++) {     /* a pair that is not hex counts as 0 */
        unsigned high = nibble(hex[2 * i]), low = nibble(hex[2 * i + 1]);
        bytes[i] = high < 16 && low < 16 ? (unsigned char)(16 * high + low) : 0;
    }
    scramble(bytes, total);
    size_t padding = bytes[total - 1];
    if (padding < 1 || padding > 8) return FALSE;
    size_t used = total - padding, characters = (used - 4) / 2;
    if (used < 4) return FALSE;
    if (characters >= 255) characters = (used - 6) / 2;
    return !memcmp(bytes, head, archive_head(head, characters)) && used == archive_head(head, characters) + 2 * characters;
}

/* -- [AccountN] --------------------------------------------------------------------------- */

static void section_name(int number, wchar_t name[32])
{
    swprintf(name, 32, L"Account%d", number);
}

static void write_password(const wchar_t *section, const wchar_t *plain)
{
    static wchar_t hex[4 * PASSWORD_MAX + 64];
    encrypt(plain, hex);
    WritePrivateProfileStringW(section, L"password", *plain ? hex : L"", ini);
    note(L"password", section);
}

static void protect_password(const wchar_t *section)
{
    static wchar_t stored[PASSWORD_MAX + 1];
    GetPrivateProfileStringW(section, L"password", L"", stored, PASSWORD_MAX + 1, ini);
    if (*stored && !decrypts(stored)) write_password(section, stored);
}

static BOOL text_of(const wchar_t *section, const wchar_t *key, wchar_t *value, DWORD size)
{
    return GetPrivateProfileStringW(section, key, L"", value, size, ini) > 0;
}

/* Reads [AccountN]; FALSE when it does not load: no keys, or (but for 0) no domain. */
BOOL load_account(int number)
{
    wchar_t section[32], any[1041];
    section_name(number, section);
    if (number && (!text_of(section, NULL, any, 1041) || !text_of(section, L"domain", any, 1041))) return FALSE;
    protect_password(section);
    return TRUE;
}

/* What the window shows of the active account. */
static void remember(int number)
{
    wchar_t section[32];
    section_name(number, section);
    account_title[0] = account_server[0] = account_username[0] = 0;
    if (number <= 0) return;
    text_of(section, L"server", account_server, 1041);
    text_of(section, L"username", account_username, 1041);
    if (!text_of(section, L"label", account_title, 256) && !text_of(section, L"displayName", account_title, 256))
        text_of(section, L"username", account_title, 256);
}

BOOL select_account(int number)
{
    if (!load_account(number)) return FALSE;
    account_id = number;
    remember(number);
    notef(L"account", L"%d", number);
    return TRUE;
}

/* What opening the popup menu does: loads 1, 2 ... until one does not load. */
void load_all_accounts(void)
{
    for (int number = 1; load_account(number); number++) {}
}

/* OK in the account's dialog: every key as it was understood. */
void save_account(int number)
{
    static wchar_t value[PASSWORD_MAX + 1];
    wchar_t section[32];
    section_name(number, section);
    for (unsigned i = 0; i < account_key_count; i++) {
        read_value(section, &account_keys[i], value);
        write_value(section, &account_keys[i], value);
    }
}

void save_password(int number, const wchar_t *plain)
{
    wchar_t section[32];
    section_name(number, section);
    write_password(section, plain);
}

/* -- the start ---------------------------------------------------------------------------- */

/* Without accountId an account is looked for in [Settings]: its keys move to [Account1] when there
 * is a domain, and go in any case. */
static void migrate(void)
{
    static const wchar_t *const doomed[] = {
        L"server", L"proxy", L"SRTP", L"transport", L"publicAddr", L"publish", L"STUN", L"ICE",
        L"allowRewrite", L"domain", L"authID", L"username", L"passwordSize", L"password", L"id", L"displayName",
    };
    static wchar_t value[PASSWORD_MAX + 1];
    BOOL found = text_of(L"Settings", L"domain", value, PASSWORD_MAX + 1);
    for (unsigned i = 0; found && i < account_key_count; i++) {
        read_value(L"Settings", &account_keys[i], value);
        write_value(L"Account1", &account_keys[i], value);
    }
    if (found && text_of(L"Settings", L"password", value, PASSWORD_MAX + 1)) {
        WritePrivateProfileStringW(L"Account1", L"password", value, ini);
        protect_password(L"Account1");
    }
    for (unsigned i = 0; i < sizeof doomed / sizeof *doomed; i++)
        WritePrivateProfileStringW(L"Settings", doomed[i], NULL, ini);
    if (found) WritePrivateProfileStringW(L"Settings", L"accountId", L"1", ini);
    account_id = found;
    note(L"migrated", found ? L"Account1" : L"none");
}

void load_accounts(void)
{
    wchar_t text[256];
    if (text_of(L"Settings", L"accountId", text, 256)) {
        account_id = (int)wcstol(text, NULL, 10);
        if (account_id == 0 && !setting_int(L"enableLocalAccount")) account_id = 1;
    } else migrate();
    if (account_id > 0 && !load_account(account_id)) account_id = 0;
    load_account(0);
    remember(account_id);
}
