"""The bot that a tutorial has one write: discord.py, the openai SDK, one command. Limner is compared with it."""

from __future__ import annotations

import asyncio
import base64
import io
import os

import discord
import yarl
from discord import app_commands
from openai import AsyncOpenAI

from tests.bench.probe import answer_marks

API = os.environ["BENCH_DISCORD"]
discord.http.Route.BASE = API
discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(
    API.replace("http", "ws", 1).removesuffix("/api/v10") + "/ws"
)

openai = AsyncOpenAI(api_key=os.environ["OPENAI_API_KEY"], base_url=os.environ["BENCH_OPENAI"])
client = discord.Client(intents=discord.Intents.default())
tree = app_commands.CommandTree(client)


@tree.command(name="imagine", description="Paint a picture from words.")
async def imagine(interaction: discord.Interaction, prompt: str) -> None:
    await interaction.response.defer(thinking=True)
    result = await openai.images.generate(model="gpt-image-2.6-sunburst", prompt=prompt, size="1024x1024")
    data = base64.b64decode(result.data[0].b64_json)
    await interaction.followup.send(prompt, file=discord.File(io.BytesIO(data), "image.png"))


@client.event
async def on_ready() -> None:
    await tree.sync()
    asyncio.get_running_loop().create_task(answer_marks())


client.run(os.environ["DISCORD_TOKEN"], log_handler=None)
