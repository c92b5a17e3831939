"""How can the whole product be tried without a phone, and without any provider's account?"""

from bot.channels.simulator.assembly import Simulator, SimulatorSettings, make_simulator

__all__ = ["Simulator", "SimulatorSettings", "make_simulator"]
